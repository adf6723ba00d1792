"""The files of a lake: small ones compacted, those of old versions deleted, contracts held on all rows.

reads   every table
calls   core.upkeep.files_of, core.upkeep.compact, core.upkeep.delete_unused, core.upkeep.broken_rules
writes  the files of tables anew, their rows as they are
The same as `interestlake maintain`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.maintain import MAINTAIN

    return MAINTAIN


if __name__ == "__main__":
    sys.exit(run_job("maintain", stage, sys.argv[1:]))
