"""The ingest stage for spark-submit; the same as `interestlake ingest`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["ingest", *sys.argv[1:]]))
