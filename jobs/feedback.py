"""What a person does not want to see, heeded from the next list on.

reads   silver.{users, items, interactions, friends, objections}, gold.interest_map, models.{recommender, fusion}
calls   serving.person_page.object.object_to, serving.person_page.object.withdraw, recommending.relist.Relister
writes  silver.objections, gold.{recommendations, reasons, counterfactuals}
The same as `interestlake feedback`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.person import FEEDBACK

    return FEEDBACK


if __name__ == "__main__":
    sys.exit(run_job("feedback", stage, sys.argv[1:]))
