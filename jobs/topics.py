"""LDA topics and clusters of vectors, judged by NPMI, for spark-submit; the same as `interestlake topics`."""

import sys

from interestlake.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["topics", *sys.argv[1:]]))
