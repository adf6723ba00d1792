"""One page about the run: figures, graph, a person, lineage.

reads   silver.{users, items, documents, interests, friends, facts, interactions}, bronze.{events, quarantine},
        graph.{interest_nodes, interest_edges}, models.{fusion_weights, chosen},
        gold.{metrics, against_champion, recommendations, interest_map}, ops.{runs, stages}
calls   reporting.gather.gather, reporting.page.render
writes  a page: <lake>/reports/<run id>.html
The same as `interestlake report`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.report import REPORT

    return REPORT


if __name__ == "__main__":
    sys.exit(run_job("report", stage, sys.argv[1:]))
