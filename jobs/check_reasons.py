"""Every reason replayed against the tables; lists scored again without it.

reads   gold.reasons, and the tables that reasons speak of
calls   recommending.explaining.replay.replay, recommending.explaining.faithful.rescore
writes  gold.counterfactuals
The same as `interestlake check-reasons`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.recommending.explaining.command import run

    return run


if __name__ == "__main__":
    sys.exit(run_job("check-reasons", function, sys.argv[1:]))
