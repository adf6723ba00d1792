"""Accuracy, coverage, novelty and diversity of every model's lists on what was held out.

reads   silver.{interactions, items, users, interests, item_interests}, models.{lists, item_features, recommender},
        gold.recommendations
calls   evaluation.table.held_out_people, evaluation.table.accuracy, recommending.against_champion.compare
writes  gold.{metrics, against_champion}
The same as `interestlake evaluate`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.evaluate import EVALUATE

    return EVALUATE


if __name__ == "__main__":
    sys.exit(run_job("evaluate", stage, sys.argv[1:]))
