"""Share and polarity of topics, categories or items over time, with alarms.

reads   silver.{documents, text_features}; silver.{document_topics, topics, items} as trend.by asks for
calls   interests.trends.series.dated, interests.trends.series.trend_series
writes  gold.trends
The same as `interestlake trend`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.trend import TREND

    return TREND


if __name__ == "__main__":
    sys.exit(run_job("trend", stage, sys.argv[1:]))
