"""What the lake holds of a person deleted, also from history.

reads   silver.users
calls   privacy.person.find_person, serving.person_page.object.forget, recommending.relist.Relister
writes  every table with rows of the person
The same as `interestlake forget`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.serving.person_page.command import run

    return run


if __name__ == "__main__":
    sys.exit(run_job("forget", function, sys.argv[1:]))
