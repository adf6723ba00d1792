"""Texts of every item made of its own, for spark-submit; the same as `interestlake summarise`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["summarise", *sys.argv[1:]]))
