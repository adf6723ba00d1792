"""The interests at the head of people's maps, judged by held-out items.

reads   silver.{interactions, interests, item_interests}
calls   interests.interest_map.interest_map, interests.reading_order.first_interests,
        interests.measure.judge_interests
writes  gold.interest_metrics
The same as `interestlake evaluate-interests`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.evaluate_interests import EVALUATE_INTERESTS

    return EVALUATE_INTERESTS


if __name__ == "__main__":
    sys.exit(run_job("evaluate-interests", stage, sys.argv[1:]))
