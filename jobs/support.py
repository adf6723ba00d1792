"""Agents and answers for new tickets, from past ones and a knowledge base.

reads   silver.embeddings; the files --tickets, --articles and --new
calls   sources.tickets.read_tickets, serving.support_desk.nearest.nearest, serving.support_desk.rank.rank_agents,
        serving.support_desk.rank.rank_answers
writes  silver.embeddings, gold.support, bronze.quarantine
The same as `interestlake support`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.support import SUPPORT_DESK

    return SUPPORT_DESK


if __name__ == "__main__":
    sys.exit(run_job("support", stage, sys.argv[1:]))
