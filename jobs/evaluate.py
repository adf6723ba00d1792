"""The evaluate stage for spark-submit; the same as `interestlake evaluate`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["evaluate", *sys.argv[1:]]))
