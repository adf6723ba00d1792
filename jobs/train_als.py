"""The train_als stage for spark-submit; the same as `interestlake train-als`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["train-als", *sys.argv[1:]]))
