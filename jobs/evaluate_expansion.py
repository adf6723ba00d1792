"""Late interests hidden and found again, for spark-submit; the same as `interestlake evaluate-expansion`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["evaluate-expansion", *sys.argv[1:]]))
