"""What is served put back to what an earlier run released: lists, profiles, models and champion.

reads   silver.objections, gold.recommendations
calls   core.lake_as_of.standing, core.registered.registered_by
writes  models.{chosen, fusion, fusion_weights, lists, recommender}, gold.{recommendations, knowledge_matches,
        knowledge_ranking, interest_map, interest_profiles, interest_clusters, interest_trends, expansions, people,
        experts, groups, next_interests, interest_forecasts, support, trends, sentiment_trends, sentiment_alarms,
        reasons, counterfactuals, summaries}; the registry
The same as `interestlake rollback`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.rollback import ROLLBACK

    return ROLLBACK


if __name__ == "__main__":
    sys.exit(run_job("rollback", stage, sys.argv[1:]))
