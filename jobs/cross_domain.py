"""Lists by what another catalogue knows, for spark-submit; the same as `interestlake cross-domain`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["cross-domain", *sys.argv[1:]]))
