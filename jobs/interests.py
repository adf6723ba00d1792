"""Interest profiles of people with trends, influence among interests, hubs and bridges.

reads   silver.{interactions, interests, item_interests, facts}, graph.{interest_nodes, item_vectors,
        interest_edges}
calls   interests.profiles.build_interest_profiles, interests.profiles.build_trends,
        interests.influence.influence_edges, graph.roles.name_roles
writes  gold.{interest_profiles, interest_clusters, interest_trends}, graph.{interest_influence, interest_roles}
The same as `interestlake interests`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.interests import INTERESTS

    return INTERESTS


if __name__ == "__main__":
    sys.exit(run_job("interests", stage, sys.argv[1:]))
