"""An A/B test beside its control: intervals that hold at every look, and whether the split of people holds.

reads   the files --input
calls   sources.rows_of_file.read_rows, evaluation.people_in_arms.people_of, evaluation.experiment.compare,
        evaluation.sample_ratio.sample_ratio
writes  gold.experiments, bronze.quarantine
The same as `interestlake read-experiment`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.read_experiment import READ_EXPERIMENT

    return READ_EXPERIMENT


if __name__ == "__main__":
    sys.exit(run_job("read-experiment", stage, sys.argv[1:]))
