"""Items linked to the entities of the facts.

reads   silver.{items, facts}
calls   knowledge.link.entity_names, knowledge.link.item_names, knowledge.link.link
writes  silver.item_links, with --apply silver.{facts, fact_changes}
The same as `interestlake knowledge-link`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.knowledge.link import KNOWLEDGE_LINK

    return KNOWLEDGE_LINK


if __name__ == "__main__":
    sys.exit(run_job("knowledge-link", stage, sys.argv[1:]))
