"""Everybody's list with its reasons, fused from the candidates of every source; the ranker for the registry.

reads   silver.{items, interests, item_interests, facts, users, interactions, friends}, graph.{item_edges,
        item_transitions}, models.{item_features, als_item_factors, als_fit, two_tower_item_vectors,
        two_tower_user_vectors}, gold.interest_map
calls   recommending.scoring.open_scoring, recommending.passes.propose_candidates,
        recommending.fit_weights.fit_weights, recommending.scoring.write_lists
writes  models.{fusion_weights, lists}, gold.recommendations; model interestlake.ranker
The same as `interestlake recommend`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.recommend import RECOMMEND

    return RECOMMEND


if __name__ == "__main__":
    sys.exit(run_job("recommend", stage, sys.argv[1:]))
