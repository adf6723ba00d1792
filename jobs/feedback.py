"""What a person does not want to see, for spark-submit; the same as `interestlake feedback`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["feedback", *sys.argv[1:]]))
