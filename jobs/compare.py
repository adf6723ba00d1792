"""Two runs of a lake beside each other: sizes, accuracy on the same held-out pairs, lists, weights.

reads   the tables of the stage recommend at each run's versions
calls   core.lake_as_of.lake_as_of, recommending.two_runs.accuracy, recommending.two_runs.changed_lists
writes  nothing
The same as `interestlake compare`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.cli.compare import compare

    return compare


if __name__ == "__main__":
    sys.exit(run_job("compare", function, sys.argv[1:]))
