"""One person's list with its reasons, to read or as CSV.

reads   gold.recommendations, silver.{users, items}
calls   privacy.person.find_person, serving.one_list.one_list
writes  nothing
The same as `interestlake list`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.cli.exploring.list import one_persons_list

    return one_persons_list


if __name__ == "__main__":
    sys.exit(run_job("list", function, sys.argv[1:]))
