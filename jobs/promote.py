"""The promote stage for spark-submit; the same as `interestlake promote`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["promote", *sys.argv[1:]]))
