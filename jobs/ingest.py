"""A source's files become events, items, friends and facts; ids become pseudonyms, texts are masked.

reads   the source's files; silver.objections where it is there, so that the forgotten stays out
calls   sources.load_source, sources.bronze.bronze_events
writes  ops.{sources, files}, bronze.{events, items, friends, facts, quarantine}, truth.{user_interests, items,
        trends, sentiment, dirt}
The same as `interestlake ingest`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.ingest import INGEST

    return INGEST


if __name__ == "__main__":
    sys.exit(run_job("ingest", stage, sys.argv[1:]))
