"""Facts as one RDF file, for spark-submit; the same as `interestlake knowledge-export`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["knowledge-export", *sys.argv[1:]]))
