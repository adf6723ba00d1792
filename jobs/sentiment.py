"""Polarity of texts and of what they mention, over time, with alarms.

reads   silver.{documents, text_features, sentiment_labels, interests, document_topics, topics, items}
calls   text.mentions.find_mentions, text.mentions.judge_texts, text.sentiment_series.sentiment_trends,
        text.sentiment_series.sentiment_alarms
writes  silver.{text_sentiment, mentions}, gold.{sentiment_trends, sentiment_alarms}
The same as `interestlake sentiment`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.sentiment import SENTIMENT

    return SENTIMENT


if __name__ == "__main__":
    sys.exit(run_job("sentiment", stage, sys.argv[1:]))
