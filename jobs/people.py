"""People to know, experts and groups, for spark-submit; the same as `interestlake people`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["people", *sys.argv[1:]]))
