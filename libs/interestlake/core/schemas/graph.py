"""Graph: weighted co-occurrence of items and interests, what GraphFrames finds in it, and its low-rank vectors."""

from .table import Table, col, optional

EDGE_WEIGHT = ("weight_positive", "weight > 0")


def _edges(name: str, meaning: str, node: str, directed: bool) -> Table:
    order = () if directed else (("src_before_dst", "src < dst"),)
    return Table(
        name,
        meaning,
        (
            col("src", "string", f"{node}; the earlier one" if directed else f"{node}, smaller id"),
            col("dst", "string", f"{node}; the later one" if directed else f"{node}, larger id"),
            col("weight", "double", "association, see docs/graph.md"),
            col("pair_count", "bigint", "users behind the pair"),
        ),
        key=("src", "dst"),
        mode="replace",
        checks=(EDGE_WEIGHT, *order),
    )


def _nodes(name: str, id_column: str) -> Table:
    return Table(
        name,
        "what the graph algorithms say of one node",
        (
            col(id_column, "string", "node"),
            col("degree", "int", "neighbours"),
            col("weighted_degree", "double", "sum of the edge weights"),
            col("component", "string", "smallest node id of the connected component"),
            col("community", "string", "node id that names the community"),
            col("pagerank", "double", "weighted PageRank, sums to 1 over the nodes"),
        ),
        key=(id_column,),
        mode="replace",
    )


ITEM_EDGES = _edges("graph.item_edges", "items that the same people chose", "item", directed=False)
ITEM_TRANSITIONS = _edges("graph.item_transitions", "item chosen after item", "item", directed=True)
INTEREST_EDGES = _edges("graph.interest_edges", "interests that the same people hold", "interest", directed=False)
INTEREST_TRANSITIONS = _edges("graph.interest_transitions", "interest held after interest", "interest", directed=True)
ITEM_NODES = _nodes("graph.item_nodes", "item_id")
INTEREST_NODES = _nodes("graph.interest_nodes", "interest_id")

INTEREST_PAGERANK = Table(
    "graph.interest_pagerank",
    "personalised PageRank from each hub interest",
    (
        col("source_interest_id", "string", "interest the walk restarts at"),
        col("interest_id", "string", "interest reached"),
        col("score", "double", "share of the walk, sums to 1 per source over all nodes"),
    ),
    key=("source_interest_id", "interest_id"),
    mode="replace",
    checks=(("score_positive", "score > 0"),),
)

INTEREST_INFLUENCE = Table(
    "graph.interest_influence",
    "an interest that comes before another more often than it comes after, beyond chance",
    (
        col("src", "string", "the earlier interest"),
        col("dst", "string", "the later interest"),
        col("forward", "bigint", "people in whose history src both begins and ends before dst"),
        col("backward", "bigint", "people with the reverse"),
        col("lead", "double", "forward / (forward + backward), above 1/2"),
        optional("median_days", "double", "median days from the first of src to the first of dst, forward people"),
        col("p_value", "double", "two-sided binomial test against 1/2"),
        col("q_value", "double", "Benjamini-Hochberg over all pairs tested"),
    ),
    key=("src", "dst"),
    mode="replace",
    checks=(("leads", "forward > backward"),),
)

INTEREST_ROLES = Table(
    "graph.interest_roles",
    "hubs and bridges of the interest graph",
    (
        col("interest_id", "string", "interest"),
        col("community", "string", "interest that names the community"),
        col("pagerank", "double", "weighted PageRank, sums to 1 over the nodes"),
        col("betweenness", "double", "share of shortest paths through it, sampled, in [0,1]"),
        col("participation", "double", "1 - sum over communities of squared shares of its edge weight"),
        col("role", "string", "hub, bridge, both or member"),
    ),
    key=("interest_id",),
    mode="replace",
)

ITEM_VECTORS = Table(
    "graph.item_vectors",
    "right singular vectors of behaviour x text, scaled",
    (col("item_id", "string", "item"), col("vector", "array<float>", "low-rank coordinates")),
    key=("item_id",),
    mode="replace",
)

USER_VECTORS = Table(
    "graph.user_vectors",
    "left singular vectors of behaviour x text, scaled",
    (col("user_id", "string", "person"), col("vector", "array<float>", "low-rank coordinates")),
    key=("user_id",),
    mode="replace",
)

TABLES = (
    ITEM_EDGES,
    ITEM_TRANSITIONS,
    INTEREST_EDGES,
    INTEREST_TRANSITIONS,
    ITEM_NODES,
    INTEREST_NODES,
    INTEREST_PAGERANK,
    INTEREST_INFLUENCE,
    INTEREST_ROLES,
    ITEM_VECTORS,
    USER_VECTORS,
)
