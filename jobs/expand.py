"""New interests of every person, for spark-submit; the same as `interestlake expand`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["expand", *sys.argv[1:]]))
