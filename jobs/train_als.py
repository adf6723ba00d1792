"""Factors of people and items by implicit-feedback ALS.

reads   silver.interactions
calls   graph.als_engine.plan_for, graph.als_engine.fit_with
writes  models.{als_user_factors, als_item_factors, als_fit}; model interestlake.als
The same as `interestlake train-als`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.train_als import TRAIN_ALS

    return TRAIN_ALS


if __name__ == "__main__":
    sys.exit(run_job("train-als", stage, sys.argv[1:]))
