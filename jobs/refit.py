"""Fusion weights moved by feedback, for spark-submit; the same as `interestlake refit`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["refit", *sys.argv[1:]]))
