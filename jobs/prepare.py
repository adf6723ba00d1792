"""The prepare stage for spark-submit; the same as `interestlake prepare`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["prepare", *sys.argv[1:]]))
