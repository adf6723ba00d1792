"""Interests of items, and the interest map of every person.

reads   silver.{items, documents, text_features, document_topics, topics, embeddings,
        interactions};
        silver.objections where it is there
calls   interests.topic_names.name_topics, interests.spelling.merge_spellings,
        interests.item_interests.choose_interests, interests.interest_map.interest_map
writes  silver.{interests, item_interests}, gold.interest_map
The same as `interestlake build-interests`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.build_interests import BUILD_INTERESTS

    return BUILD_INTERESTS


if __name__ == "__main__":
    sys.exit(run_job("build-interests", stage, sys.argv[1:]))
