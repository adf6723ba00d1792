"""Sentences, lemmas, keywords, sentiment, tf-idf and topics of each distinct text.

reads   silver.documents
calls   text.annotate.annotate, text.terms.weigh_terms, text.topics.fit_topics
writes  silver.{text_features, sentiment_labels, term_weights, topics, document_topics}
The same as `interestlake annotate`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.annotate import ANNOTATE

    return ANNOTATE


if __name__ == "__main__":
    sys.exit(run_job("annotate", stage, sys.argv[1:]))
