"""Graphs of items and of interests, their communities, PageRank and low-rank vectors.

reads   silver.{interactions, items, item_interests, documents, embeddings}
calls   graph.cooccurrence.build_edges, graph.transitions.build_transitions, graph.describe.describe_graph,
        graph.factorise.truncated_svd
writes  graph.{item_edges, item_transitions, item_nodes, interest_edges, interest_transitions, interest_nodes,
        interest_pagerank, item_vectors, user_vectors}
The same as `interestlake build-graph`, for spark-submit.
"""

import sys

from interestlake.cli.job import run_job


def stage():
    """What runs; imported while Spark starts."""
    from interestlake.stages.build_graph import BUILD_GRAPH

    return BUILD_GRAPH


if __name__ == "__main__":
    sys.exit(run_job("build-graph", stage, sys.argv[1:]))
