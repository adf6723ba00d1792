"""The lake as it was before a run: tables, rows of ops, what it promoted in the registry.

reads   ops.{runs, stages}; the logs of all tables
calls   core.undo.plan_undo, core.registered.take_back
writes  ops.{runs, stages}; every table that the run wrote
The same as `interestlake undo`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.undo import UNDO

    return UNDO


if __name__ == "__main__":
    sys.exit(run_job("undo", stage, sys.argv[1:]))
