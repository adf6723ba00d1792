"""The recommend stage for spark-submit; the same as `interestlake recommend`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["recommend", *sys.argv[1:]]))
