"""The train_two_tower stage for spark-submit; the same as `interestlake train-two-tower`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["train-two-tower", *sys.argv[1:]]))
