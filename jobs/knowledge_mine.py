"""Facts found in texts by patterns.

reads   silver.{documents, facts}
calls   knowledge.mine.mined, knowledge.mine.tagger_sees
writes  silver.mined_facts, with --apply silver.{facts, fact_changes}
The same as `interestlake knowledge-mine`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.knowledge.mine import KNOWLEDGE_MINE

    return KNOWLEDGE_MINE


if __name__ == "__main__":
    sys.exit(run_job("knowledge-mine", stage, sys.argv[1:]))
