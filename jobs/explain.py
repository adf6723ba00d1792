"""Structured reasons of every list, or one recommendation taken apart.

reads   gold.recommendations, and the tables that reasons speak of
calls   recommending.explaining.reasons.build_reasons, recommending.explaining.one.explain_one
writes  gold.reasons
The same as `interestlake explain`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.recommending.explaining.command import run

    return run


if __name__ == "__main__":
    sys.exit(run_job("explain", function, sys.argv[1:]))
