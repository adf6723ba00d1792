"""Titles, descriptions and summaries made of an item's own texts, replayed.

reads   silver.{items, documents, facts}
calls   serving.summaries.job.summarise, serving.summaries.job.replayed
writes  gold.summaries
The same as `interestlake summarise`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.serving.summaries.command import run

    return run


if __name__ == "__main__":
    sys.exit(run_job("summarise", function, sys.argv[1:]))
