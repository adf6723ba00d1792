"""Facts and histories as sentences, for spark-submit; the same as `interestlake knowledge-verbalise`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["knowledge-verbalise", *sys.argv[1:]]))
