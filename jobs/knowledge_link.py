"""Items linked to entities, for spark-submit; the same as `interestlake knowledge-link`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["knowledge-link", *sys.argv[1:]]))
