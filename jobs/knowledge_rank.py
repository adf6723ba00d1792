"""Items ranked by what a history tells about their features.

reads   silver.{items, interactions, facts}
calls   knowledge.divergence.contributions, knowledge.divergence.rank_items, knowledge.validity.holding
writes  gold.knowledge_ranking
The same as `interestlake knowledge-rank`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.knowledge.rank import KNOWLEDGE_RANK

    return KNOWLEDGE_RANK


if __name__ == "__main__":
    sys.exit(run_job("knowledge-rank", stage, sys.argv[1:]))
