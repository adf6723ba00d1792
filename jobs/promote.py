"""The gate: champion moves where the fused list beats the named models, and is no worse than the champion's.

reads   gold.{metrics, against_champion}, models.recommender
calls   evaluation.gate.decide
writes  alias champion in the registry
The same as `interestlake promote`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.promote import PROMOTE

    return PROMOTE


if __name__ == "__main__":
    sys.exit(run_job("promote", stage, sys.argv[1:]))
