"""One person's page, for spark-submit; the same as `interestlake profile`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["profile", *sys.argv[1:]]))
