"""People's late interests hidden and found again.

reads   silver.{interactions, interests, item_interests, facts, items}, graph.{interest_nodes, interest_edges,
        item_vectors}
calls   interests.expansion.histories.hide_late, interests.expansion.measure.settings,
        interests.expansion.passes.judged
writes  gold.interest_metrics
The same as `interestlake evaluate-expansion`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.evaluate_expansion import EVALUATE_EXPANSION

    return EVALUATE_EXPANSION


if __name__ == "__main__":
    sys.exit(run_job("evaluate-expansion", stage, sys.argv[1:]))
