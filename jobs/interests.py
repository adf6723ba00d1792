"""Interest profiles, trends, influence, hubs and bridges, for spark-submit; the same as `interestlake interests`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["interests", *sys.argv[1:]]))
