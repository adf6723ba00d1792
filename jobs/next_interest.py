"""What people turn to next, and where each interest goes.

reads   silver.{interactions, interests, item_interests, facts}, graph.interest_nodes
calls   interests.next_interest.histories.read_steps, interests.next_interest.transformer.train_next,
        interests.next_interest.histories.forecast_shares
writes  gold.{next_interests, interest_forecasts, interest_metrics}
The same as `interestlake next-interest`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.next_interest import NEXT_INTEREST

    return NEXT_INTEREST


if __name__ == "__main__":
    sys.exit(run_job("next-interest", stage, sys.argv[1:]))
