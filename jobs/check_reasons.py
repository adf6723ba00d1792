"""Every reason replayed against the tables; lists scored again without it.

reads   bronze.items, gold.{recommendations, interest_map, reasons}, silver.{users, items, interactions, interests,
        item_interests, documents, friends, facts}, graph.{item_edges, item_transitions},
        models.{item_features, recommender, fusion}; silver.objections where it is there
calls   recommending.explaining.replay.replay, recommending.saved.open_recommender,
        recommending.explaining.faithful.rescore
writes  gold.counterfactuals
The same as `interestlake check-reasons`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.explain import CHECK_REASONS

    return CHECK_REASONS


if __name__ == "__main__":
    sys.exit(run_job("check-reasons", stage, sys.argv[1:]))
