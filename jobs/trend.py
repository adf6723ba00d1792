"""Topics and sentiment over time, with alarms, for spark-submit; the same as `interestlake trend`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["trend", *sys.argv[1:]]))
