"""Titles, descriptions and summaries made of an item's own texts, replayed.

reads   silver.{items, documents, facts}
calls   serving.summaries.job.item_rows, serving.summaries.job.summarise, serving.summaries.job.replayed
writes  gold.summaries
The same as `interestlake summarise`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.summarise import SUMMARISE

    return SUMMARISE


if __name__ == "__main__":
    sys.exit(run_job("summarise", stage, sys.argv[1:]))
