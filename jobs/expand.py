"""New interests of every person, with confidence, surprise and path.

reads   silver.{interactions, interests, item_interests, facts}, graph.{interest_nodes, interest_edges,
        item_vectors}
calls   interests.expansion.build.build_model, interests.expansion.passes.expand
writes  gold.expansions
The same as `interestlake expand`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.expand import EXPAND

    return EXPAND


if __name__ == "__main__":
    sys.exit(run_job("expand", stage, sys.argv[1:]))
