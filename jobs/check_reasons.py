"""Every reason replayed against the tables, for spark-submit; the same as `interestlake check-reasons`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["check-reasons", *sys.argv[1:]]))
