"""People who are new in one catalogue, served by what another one knows of them.

reads   silver.{interactions, interests, item_interests, facts, items, documents, embeddings}, graph.interest_nodes
calls   interests.cross_domain.carry.carried_profiles, interests.cross_domain.carry.shared_nodes
writes  gold.interest_metrics
The same as `interestlake cross-domain`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.cross_domain import CROSS_DOMAIN

    return CROSS_DOMAIN


if __name__ == "__main__":
    sys.exit(run_job("cross-domain", stage, sys.argv[1:]))
