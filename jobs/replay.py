"""The lists of a past run made again, from the tables as it read them and the models as it released them.

reads   the tables of the stage recommend at the run's versions, models.recommender, gold.recommendations
calls   core.lake_as_of.lake_as_of, recommending.replay.lists_again, recommending.replay.compare
writes  nothing
The same as `interestlake replay`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.cli.replay import replay

    return replay


if __name__ == "__main__":
    sys.exit(run_job("replay", function, sys.argv[1:]))
