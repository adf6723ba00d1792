"""What people turn to next and where interests go, for spark-submit; the same as `interestlake next-interest`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["next-interest", *sys.argv[1:]]))
