"""Structured reasons of every list, for spark-submit; the same as `interestlake explain`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["explain", *sys.argv[1:]]))
