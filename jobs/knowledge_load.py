"""RDF files into facts, for spark-submit; the same as `interestlake knowledge-load`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["knowledge-load", *sys.argv[1:]]))
