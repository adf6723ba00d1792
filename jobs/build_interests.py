"""The build_interests stage for spark-submit; the same as `interestlake build-interests`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["build-interests", *sys.argv[1:]]))
