"""A model of text, pictures and sounds together, for spark-submit; the same as `interestlake train-media`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["train-media", *sys.argv[1:]]))
