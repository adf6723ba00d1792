"""A request in plain words answered from a lake, for spark-submit; the same as `interestlake ask`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["ask", *sys.argv[1:]]))
