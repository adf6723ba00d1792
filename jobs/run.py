"""The whole pipeline for spark-submit; the same as `interestlake run`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["run", *sys.argv[1:]]))
