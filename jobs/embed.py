"""The vector of each distinct text, by content hash.

reads   silver.documents
calls   text.choose.choose_engine, text.embed.embed
writes  silver.embeddings
The same as `interestlake embed`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.embed import EMBED

    return EMBED


if __name__ == "__main__":
    sys.exit(run_job("embed", stage, sys.argv[1:]))
