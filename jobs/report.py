"""The report stage for spark-submit; the same as `interestlake report`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["report", *sys.argv[1:]]))
