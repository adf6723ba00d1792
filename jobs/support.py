"""Agents and answers for new tickets, for spark-submit; the same as `interestlake support`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["support", *sys.argv[1:]]))
