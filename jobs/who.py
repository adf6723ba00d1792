"""People of a lake to try a command on, and items by title.

reads   silver.{users, items}
calls   serving.who.people_to_try, serving.who.items_by_title, privacy.found_again.source_ids
writes  nothing
The same as `interestlake who`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.cli.exploring.who import who

    return who


if __name__ == "__main__":
    sys.exit(run_job("who", function, sys.argv[1:]))
