"""What services noted beside the lake, taken into its tables: the lists that they showed, and what people did.

reads   the files of the lake's folder `journal`, silver.objections
calls   core.journal.whole_files, sources.journal.served_rows, sources.journal.event_rows
writes  bronze.served, bronze.events
The same as `interestlake load-journal`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.load_journal import LOAD_JOURNAL

    return LOAD_JOURNAL


if __name__ == "__main__":
    sys.exit(run_job("load-journal", stage, sys.argv[1:]))
