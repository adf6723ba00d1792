"""graph.interest_nodes and graph.interest_edges -> the part of the interest graph that is drawn."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.only_row import only_row
from .content import Community, InterestGraph, Link, Missing, Node

COLOURED = 8
LINKS_PER_NODE = 4
NAMED_BY = 3
EXTRACTED = ("keyword", "topic")


def read_graph(
    nodes: DataFrame, edges: DataFrame, interests: DataFrame | None, max_nodes: int
) -> InterestGraph | Missing:
    """The `max_nodes` interests of highest PageRank that have a neighbour, and each one's strongest links among them.

    What people or catalogues name (categories, tags, named things) has its places before keywords and topics.

    nodes, edges: graph.interest_nodes, graph.interest_edges; interests: silver.interests for names, kinds and item
    counts (None: the id is read as "kind:name"). Collected: max_nodes nodes, at most LINKS_PER_NODE links per node, the
    sizes of the communities drawn. Ties are broken by id. The COLOURED communities with most PageRank on the drawing
    are numbered from 1 and go by their NAMED_BY most central interests, categories and tags before keywords and topics.
    Runs five Spark jobs.
    """
    extracted = F.substring_index("interest_id", ":", 1).isin(*EXTRACTED)
    chosen = nodes.where("degree > 0").orderBy(extracted, F.desc("pagerank"), "interest_id").limit(max_nodes)
    if interests is not None:
        named = interests.select("interest_id", "kind", "name", "item_count")
        chosen = chosen.join(named, "interest_id", "left")
    rows = sorted((row.asDict() for row in chosen.collect()), key=lambda r: (-r["pagerank"], r["interest_id"]))
    if not rows:
        return Missing("No interest graph in this run: no two interests are held by enough of the same people.")
    place = {row["interest_id"]: i for i, row in enumerate(rows)}
    totals = only_row(nodes.agg(F.count("*").alias("nodes"), F.countDistinct("community").alias("communities")))
    drawn = {row["community"] for row in rows}
    sizes = nodes.where(F.col("community").isin(sorted(drawn))).groupBy("community").count().collect()
    communities, group = _communities(rows, {row["community"]: row["count"] for row in sizes})
    links = _links(edges, place)
    return InterestGraph(
        nodes=tuple(_node(row, group) for row in rows),
        links=links,
        communities=communities,
        all_nodes=totals["nodes"],
        all_edges=edges.count(),
        all_communities=totals["communities"],
    )


def _links(edges: DataFrame, place: dict[str, int]) -> tuple[Link, ...]:
    ids = list(place)
    among = edges.where(F.col("src").isin(ids) & F.col("dst").isin(ids)).select("src", "dst", "weight")
    ends = among.withColumn("end", F.explode(F.array("src", "dst")))
    strongest = Window.partitionBy("end").orderBy(F.desc("weight"), "src", "dst")
    strongest_links = ends.withColumn("order", F.row_number().over(strongest)).where(F.col("order") <= LINKS_PER_NODE)
    rows = strongest_links.select("src", "dst", "weight").distinct().collect()
    pairs = ((place[row["src"]], place[row["dst"]], row["weight"]) for row in rows)
    links = (Link(min(a, b), max(a, b), weight) for a, b, weight in pairs)
    return tuple(sorted(links, key=lambda link: (link.weight, link.a, link.b)))


def _communities(rows: list[dict], sizes: dict[str, int]) -> tuple[tuple[Community, ...], dict[str, int]]:
    weight: dict[str, float] = {}
    members: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        weight[row["community"]] = weight.get(row["community"], 0.0) + row["pagerank"]
        members.setdefault(row["community"], []).append(i)
    # words that people gave name a community better than words that were extracted
    for nodes_of in members.values():
        nodes_of.sort(key=lambda i: (_kind(rows[i]) in EXTRACTED, i))
    order = sorted(weight, key=lambda c: (-weight[c], c))[:COLOURED]
    communities = tuple(
        Community(
            number=i + 1,
            interests=tuple(_name(rows[head]) for head in members[community][:NAMED_BY]),
            heads=tuple(members[community][:NAMED_BY]),
            drawn=len(members[community]),
            size=sizes[community],
        )
        for i, community in enumerate(order)
    )
    return communities, {community: i for i, community in enumerate(order)}


def _node(row: dict, group: dict[str, int]) -> Node:
    return Node(
        interest_id=row["interest_id"],
        name=_name(row),
        kind=_kind(row),
        items=row.get("item_count"),
        degree=row["degree"],
        pagerank=row["pagerank"],
        community=row["community"],
        group=group.get(row["community"], -1),
    )


def _name(row: dict) -> str:
    return row.get("name") or row["interest_id"].partition(":")[2] or row["interest_id"]


def _kind(row: dict) -> str:
    return row.get("kind") or row["interest_id"].partition(":")[0]
