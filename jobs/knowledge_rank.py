"""Items by what histories tell about their features, for spark-submit; the same as `interestlake knowledge-rank`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["knowledge-rank", *sys.argv[1:]]))
