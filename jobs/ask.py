"""A request in plain words answered by a list with reasons.

reads   silver.{items, documents, embeddings, interests, item_interests, users, interactions}, bronze.items
calls   serving.asking.ask.open_asking
writes  nothing
The same as `interestlake ask`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def function():
    """What runs; imported while Spark starts."""
    from interestlake.serving.asking.command import ask

    return ask


if __name__ == "__main__":
    sys.exit(run_job("ask", function, sys.argv[1:]))
