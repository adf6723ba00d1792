"""Structured reasons of every list, or one recommendation taken apart.

reads   bronze.items, gold.{recommendations, interest_map}, silver.{items, interactions, interests, item_interests,
        documents, friends, facts}, graph.{item_edges, item_transitions}, models.item_features
calls   recommending.explaining.command.tables_of, recommending.explaining.reasons.build_reasons
writes  gold.reasons
The same as `interestlake explain`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.explain import EXPLAIN

    return EXPLAIN


if __name__ == "__main__":
    sys.exit(run_job("explain", stage, sys.argv[1:]))
