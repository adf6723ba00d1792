"""Facts found in texts, for spark-submit; the same as `interestlake knowledge-mine`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["knowledge-mine", *sys.argv[1:]]))
