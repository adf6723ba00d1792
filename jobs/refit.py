"""The fusion weights moved by feedback on what was shown.

reads   silver.{items, interests, item_interests, facts, users, interactions, friends}, graph.{item_edges,
        item_transitions}, models.{item_features, als_item_factors, als_fit, two_tower_item_vectors,
        two_tower_user_vectors, fusion_weights}, gold.interest_map, ops.stages; the file --feedback
calls   sources.feedback.read_feedback, recommending.refit.refit_weights, recommending.refit_figures.refit_figures
writes  models.fusion_weights; gold.recommendations with --recommend
The same as `interestlake refit`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.refit import REFIT

    return REFIT


if __name__ == "__main__":
    sys.exit(run_job("refit", stage, sys.argv[1:]))
