"""Entities of a trained tagger as nodes, for spark-submit; the same as `interestlake entities`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["entities", *sys.argv[1:]]))
