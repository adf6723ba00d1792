"""What a new policy would be worth, by rows of what another one served, with propensities.

reads   gold.recommendations with --lists-of, bronze.{served, events} without --input; the files --input
calls   sources.rows_of_file.read_rows, evaluation.logged_rows.count_logged, evaluation.policy_values.policy_values
writes  gold.policy_values, bronze.quarantine
The same as `interestlake evaluate-logs`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.evaluate_logs import EVALUATE_LOGS

    return EVALUATE_LOGS


if __name__ == "__main__":
    sys.exit(run_job("evaluate-logs", stage, sys.argv[1:]))
