"""Rows of a person deleted, also from history, for spark-submit; the same as `interestlake forget`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["forget", *sys.argv[1:]]))
