"""Events are cleaned, split, weighed and indexed.

reads   bronze.{events, items, friends, facts}; silver.fact_changes where it is there
calls   interactions.weigh.weigh_pairs, interactions.split.split_pairs, interactions.index.keep_index
writes  silver.{users, user_numbers, items, interactions, documents, friends, facts}
The same as `interestlake prepare`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.prepare import PREPARE

    return PREPARE


if __name__ == "__main__":
    sys.exit(run_job("prepare", stage, sys.argv[1:]))
