"""The build_graph stage for spark-submit; the same as `interestlake build-graph`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["build-graph", *sys.argv[1:]]))
