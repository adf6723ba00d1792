"""Vectors of the pictures and sounds of items, for spark-submit; the same as `interestlake embed-media`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["embed-media", *sys.argv[1:]]))
