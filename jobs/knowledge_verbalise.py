"""Facts and histories as sentences, with their vectors.

reads   silver.{items, interactions, facts}
calls   knowledge.link.entity_names, knowledge.encoding.worker_encoder
writes  silver.sentences, gold.knowledge_matches
The same as `interestlake knowledge-verbalise`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.knowledge.verbalise import KNOWLEDGE_VERBALISE

    return KNOWLEDGE_VERBALISE


if __name__ == "__main__":
    sys.exit(run_job("knowledge-verbalise", stage, sys.argv[1:]))
