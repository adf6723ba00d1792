"""Models chosen on validation, judged on test, fitted on everything; lists with reasons; the ranker.

reads   silver.{users, items, interactions, friends, facts, documents, embeddings, interests, item_interests},
        gold.interest_map, bronze.items; silver.objections where it is there
calls   recommending.open_models.open_models, recommending.passes.list_models, recommending.saved.save_recommender,
        recommending.scoring.write_lists, serving.register.register_ranker
writes  models.{chosen, fusion, fusion_weights, lists, recommender}, gold.recommendations; model interestlake.ranker
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
