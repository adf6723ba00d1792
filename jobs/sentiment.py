"""Sentiment of texts and mentions, trends and alarms, for spark-submit; the same as `interestlake sentiment`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["sentiment", *sys.argv[1:]]))
