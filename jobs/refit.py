"""The fusion weights moved by feedback on what was shown.

reads   silver.{users, items, interactions, friends}, gold.interest_map, models.{recommender, fusion,
        fusion_weights}, ops.stages; the file --feedback, silver.objections where it is there
calls   sources.feedback.read_feedback, recommending.refit.refit_weights, recommending.refit_figures.refit_figures
writes  models.{fusion, fusion_weights}; gold.recommendations with --recommend
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
