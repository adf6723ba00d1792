"""People to know, experts and groups.

reads   gold.interest_profiles, silver.{users, friends, interactions}
calls   graph.communities.find_communities, interests.people.experts.rank_experts,
        interests.people.experts.name_groups
writes  gold.{people, experts, groups, interest_metrics}
The same as `interestlake people`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.people import PEOPLE_STAGE

    return PEOPLE_STAGE


if __name__ == "__main__":
    sys.exit(run_job("people", stage, sys.argv[1:]))
