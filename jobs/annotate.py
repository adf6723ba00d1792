"""The annotate stage for spark-submit; the same as `interestlake annotate`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["annotate", *sys.argv[1:]]))
