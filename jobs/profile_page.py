"""One person's page: interests, trends, lists with reasons, controls. Tables that are not there are gaps on it.

reads   silver.{users, interactions, objections, interests, items, item_interests}, graph.interest_nodes,
        gold.{interest_map, interest_profiles, recommendations, counterfactuals, expansions}
calls   serving.person_page.page.page_of, core.storage.write_whole
writes  a page: <lake>/reports/profile-<id>.html; with --serve what jobs/feedback.py and jobs/forget.py write
The same as `interestlake profile`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.person import PROFILE

    return PROFILE


if __name__ == "__main__":
    sys.exit(run_job("profile", stage, sys.argv[1:]))
