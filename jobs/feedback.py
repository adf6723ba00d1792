"""What a person does not want to see, heeded from the next list on.

reads   silver.users
calls   privacy.person.find_person, serving.person_page.object.object_to, recommending.relist.Relister
writes  silver.objections, gold.recommendations
The same as `interestlake feedback`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.serving.person_page.command import run

    return run


if __name__ == "__main__":
    sys.exit(run_job("feedback", function, sys.argv[1:]))
