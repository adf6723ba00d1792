"""One person's page: interests, trends, lists with reasons, controls.

reads   gold, graph and silver tables, as far as they are there
calls   privacy.person.find_person, serving.person_page.page.page_of
writes  a page: <lake>/reports/profile-<id>.html; with --serve what its buttons ask for
The same as `interestlake profile`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.serving.person_page.command import run

    return run


if __name__ == "__main__":
    sys.exit(run_job("profile", function, sys.argv[1:]))
