"""Topics by LDA and by clusters of vectors, named and judged.

reads   silver.{documents, text_features, embeddings, topics}
calls   text.topics.fit_topics, text.clusters.fit_clusters, text.coherence.coherences
writes  silver.{topic_quality, text_clusters}
The same as `interestlake topics`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.topics import TOPICS

    return TOPICS


if __name__ == "__main__":
    sys.exit(run_job("topics", stage, sys.argv[1:]))
