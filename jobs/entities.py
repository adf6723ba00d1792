"""Entities that a trained tagger finds, as nodes beside the interests.

reads   silver.{documents, interests, item_interests}
calls   text.tagged.find_spans, text.tagged.item_entities, text.tagged.node_edges
writes  silver.{entities, item_entities}, graph.entity_edges
The same as `interestlake entities`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.entities import ENTITIES_STAGE

    return ENTITIES_STAGE


if __name__ == "__main__":
    sys.exit(run_job("entities", stage, sys.argv[1:]))
