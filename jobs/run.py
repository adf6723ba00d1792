"""Every stage of the pipeline, or a cut of it by --from and --until, under one run id.

reads   the source's files
calls   core.pipeline.run_stages
writes  every table that the jobs of its stages name
The same as `interestlake run`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stages():
    """What runs; imported while Spark starts."""
    from interestlake.stages.order import STAGES

    return STAGES


if __name__ == "__main__":
    sys.exit(run_job("run", stages, sys.argv[1:]))
