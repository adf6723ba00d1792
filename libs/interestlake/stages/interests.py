"""The command interests: profiles with trends and clusters, directed influence, hubs and bridges."""

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lake import empty
from ..core.stage import Stage, StageContext
from ..graph.roles import betweenness, check_nodes, name_roles, participation
from ..interests.clusters import cluster_interests
from ..interests.influence import influence_edges, interest_spans
from ..interests.node_vectors import node_vectors
from ..interests.profiles import Nodes, build_interest_profiles, build_trends, population_rates, with_entities
from ..interests.representations import gathered
from ..interests.trend import attention_sums
from ..privacy.objections import heeded

NEEDED = ("silver.interactions", "silver.interests", "silver.item_interests", "graph.interest_nodes")
NEEDED_FROM = "interestlake run --until build_graph"  # the command that makes them
PROFILES, CLUSTERS, TRENDS = "gold.interest_profiles", "gold.interest_clusters", "gold.interest_trends"
INFLUENCE, ROLES = "graph.interest_influence", "graph.interest_roles"


def read_nodes(context: StageContext) -> Nodes:
    """The lake's interest nodes, entities of its facts among them."""
    nodes = Nodes(context.read("silver.item_interests"), context.read("silver.interests"))
    return with_entities(nodes, context.read("silver.facts"), context.params.interests)


def _run(context: StageContext) -> dict[str, float]:
    params, run_id = context.params.profiles, F.lit(context.options.run_id)
    nodes = read_nodes(context)
    carried, names = nodes.held.persist(), nodes.names.persist()
    nodes = Nodes(carried, names)
    pairs = context.read("silver.interactions")
    sums = pairs.transform(attention_sums(carried, params.seasons)).persist()
    rates = population_rates(pairs, carried)
    profiles = pairs.transform(build_interest_profiles(nodes, sums, rates, params)).persist()
    vectors = carried.transform(node_vectors(context.read("graph.item_vectors")))
    weights = profiles.select("user_id", "interest", F.col("share").alias("weight"))
    placed = weights.transform(cluster_interests(vectors, params.cluster_distance)).persist()
    label = names.select(F.col("interest_id").alias("medoid"), F.col("name").alias("label"))
    grouped = weights.join(placed, ["user_id", "interest"]).transform(gathered).join(label, "medoid")
    clustered = profiles.join(placed.drop("medoid"), ["user_id", "interest"])
    clustered = clustered.transform(heeded(context.lake, "interest"))
    spans = pairs.transform(interest_spans(carried, params.influence_nodes))
    precedes = influence_edges(params.influence_people, params.significance, params.influence_gap_days)
    made = context.write_all({
        PROFILES: clustered.withColumn("run_id", run_id),
        CLUSTERS: grouped.withColumn("run_id", run_id),
        TRENDS: sums.transform(build_trends(nodes, params)).withColumn("run_id", run_id),
        INFLUENCE: spans.transform(precedes),
    })  # fmt: skip
    roles = context.write(ROLES, _roles(context))
    for frame in (placed, profiles, sums, carried, names):
        frame.unpersist()
    figures: dict[str, float] = {written.table.split(".")[1]: written.rows for written in made}
    return figures | {"interest_roles": roles.rows}


def _roles(context: StageContext) -> DataFrame:
    params = context.params.profiles
    nodes, edges = context.read("graph.interest_nodes"), context.read("graph.interest_edges")
    check_nodes(nodes.count(), params.bridge_max_nodes)
    shared = participation(edges, nodes.select(F.col("interest_id").alias("node"), "community"))
    joined = nodes.join(shared.withColumnRenamed("node", "interest_id"), "interest_id", "left")
    rows = joined.select("interest_id", "community", "pagerank", "participation").toPandas().sort_values("interest_id")
    if rows.empty:
        return empty(context.spark, ROLES)
    between = betweenness(
        edges.select("src", "dst", "weight").toPandas(),
        list(rows["interest_id"]),
        params.bridge_pivots,
        context.options.seed,
    )
    rows = rows.assign(betweenness=rows["interest_id"].map(between), participation=rows["participation"].fillna(0.0))
    return context.spark.createDataFrame(_plain(name_roles(rows.reset_index(drop=True))), _columns(rows))


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[["interest_id", "community", "pagerank", "betweenness", "participation", "role"]]


def _columns(rows: pd.DataFrame) -> str:
    numbers = ", ".join(f"{name} double" for name in ("pagerank", "betweenness", "participation"))
    return f"interest_id string, community string, {numbers}, role string"


INTERESTS = Stage(
    name="interests",
    summary="interest profiles with trends and clusters, influence, hubs and bridges",
    reads=(*NEEDED, "silver.facts", "graph.item_vectors", "graph.interest_edges"),
    writes=(PROFILES, CLUSTERS, TRENDS, INFLUENCE, ROLES),
    section="profiles",
    run=_run,
)
