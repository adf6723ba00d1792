"""The embed stage for spark-submit; the same as `interestlake embed`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["embed", *sys.argv[1:]]))
