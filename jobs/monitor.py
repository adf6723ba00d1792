"""A day of data, lists and models held against the days before it, with an alarm.

reads   bronze.{events, items, quarantine}; silver.{documents, embeddings, users, items}, gold.recommendations,
        bronze.served and ops.{runs, stages} where they are there
calls   monitoring.daily.daily_counts, monitoring.judge.judge, monitoring.vectors.judge_vectors,
        monitoring.released.released_verdicts
writes  gold.monitor
The same as `interestlake monitor`, for spark-submit; exit code 3 on an alarm.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.monitor import MONITOR

    return MONITOR


if __name__ == "__main__":
    sys.exit(run_job("monitor", stage, sys.argv[1:]))
