"""Lake tables -> the expansion model. What reaches the driver grows with the vocabulary, not with people or items."""

from dataclasses import dataclass
from logging import Logger

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ...core.errors import BadInput
from ...core.params.all import Expand
from ..node_vectors import matrix_of, node_vectors
from ..profiles import Nodes
from .choose import plain
from .model import ExpansionModel, stochastic_rows, unit_rows


@dataclass(frozen=True)
class Parts:
    """Frames that a model is made of: nodes; graph edges; item facts; item vectors; and people's rows."""

    nodes: Nodes
    edges: DataFrame
    facts: DataFrame
    item_vectors: DataFrame
    people: DataFrame


def build_model(parts: Parts, params: Expand, seed: int, log: Logger) -> ExpansionModel:
    """Runs about 7 Spark jobs. people: (user_id, interests array<string>, weights array<double>).

    Reference people are the `references` smallest of a hash of seed and user_id, so the cost of finding similar people
    is linear in people. Raises BadInput above `max_nodes` nodes; facts beyond `max_facts` are left out with a warning.
    """
    if (count := parts.nodes.names.count()) > params.max_nodes:
        raise BadInput.of(
            "interests",
            found=f"{count:,} nodes",
            expected=f"at most {params.max_nodes:,}",
            where="expand.max_nodes, or interests.max_interests for a smaller vocabulary",
        )
    names = parts.nodes.names.select("interest_id", "kind", "name").toPandas().sort_values("interest_id")
    nodes, size = names["interest_id"].to_numpy(object), len(names)
    edges = parts.edges.select("src", "dst", "weight").toPandas()
    src, dst = places(nodes, edges["src"]), places(nodes, edges["dst"])
    half = sp.csr_matrix((edges["weight"].to_numpy(float), (src, dst)), (size, size))
    counted = parts.people.select(F.explode("interests").alias("interest_id")).groupBy("interest_id").count().toPandas()
    holders = np.zeros(size)
    holders[places(nodes, counted["interest_id"])] = counted["count"]
    ids, rows = _references(parts.people, nodes, params.references, seed)
    entity = (names["kind"] == "entity").to_numpy()
    half = half + entity_edges(rows, entity, params.entity_discount, params.mediators)
    vectors = parts.nodes.held.transform(node_vectors(parts.item_vectors)).toPandas()
    vectors_of_nodes = pd.Series([None] * size, dtype=object)
    for place, vector in zip(places(nodes, vectors["interest_id"]), vectors["vector"], strict=True):
        vectors_of_nodes[place] = np.asarray(vector, float)
    dimension = max((len(v) for v in vectors["vector"]), default=1)
    to_fact, from_fact, fact_labels = _mediators(parts, names.reset_index(drop=True), params, log)
    return ExpansionModel(
        nodes, names["name"].to_numpy(object), names["kind"].to_numpy(object), stochastic_rows(half + half.T),
        to_fact, from_fact, fact_labels, rows, ids, holders, matrix_of(vectors_of_nodes, dimension),
    )  # fmt: skip


def places(nodes: np.ndarray, names: pd.Series) -> np.ndarray:
    """Numbers of names that are all among the ascending `nodes`."""
    return np.searchsorted(nodes, names.to_numpy(object))


def _references(people: DataFrame, nodes: np.ndarray, count: int, seed: int) -> tuple[np.ndarray, sp.csr_matrix]:
    drawn = people.where(F.size("interests") > 0).orderBy(F.xxhash64(F.lit(seed), "user_id"), "user_id").limit(count)
    rows = drawn.select("user_id", "interests", "weights").toPandas().sort_values("user_id")
    owner = np.repeat(np.arange(len(rows)), [len(v) for v in rows["interests"]])
    columns = places(nodes, pd.Series(np.concatenate([*rows["interests"], np.empty(0, object)])))
    values = np.concatenate([*rows["weights"], np.empty(0)]).astype(float)
    profiles = sp.csr_matrix((values, (owner, columns)), (len(rows), len(nodes)))
    return rows["user_id"].to_numpy(object), unit_rows(profiles)


def entity_edges(references: sp.csr_matrix, entity: np.ndarray, discount: float, neighbours: int) -> sp.csr_matrix:
    """references (R, N), entity (N,) bool -> (N, N) upper triangle: edges of entities, unknown to graph.interest_edges.

    Cosine of two nodes over the reference people, over (n_i n_j)^(discount / 2) as the edges of the graph have it,
    where two people or more hold both; the `neighbours` strongest of each entity, ties to the smaller node.
    """
    carried = (references > 0).astype(float)
    columns = unit_rows(references.T.tocsr())
    both, alike = (carried[:, entity].T @ carried).tocsr(), (columns[entity] @ columns.T).tocsr()
    count = np.maximum(np.asarray(carried.sum(axis=0)).ravel(), 1.0) ** (-discount / 2)
    alike = (sp.diags(count[entity]) @ alike.multiply(both >= 2) @ sp.diags(count)).tocsr()
    own = np.flatnonzero(entity)
    weights = {}
    for place, node in enumerate(own):
        near = slice(alike.indptr[place], alike.indptr[place + 1])
        order = np.lexsort((alike.indices[near], -np.round(alike.data[near], 9)))[: neighbours + 1]
        for end, weight in zip(alike.indices[near][order], alike.data[near][order], strict=True):
            if end != node:
                weights[min(node, end), max(node, end)] = weight
    ends = np.array(list(weights), np.int64).reshape(-1, 2)
    return sp.csr_matrix((np.array(list(weights.values()), float), (ends[:, 0], ends[:, 1])), (len(entity),) * 2)


def _mediators(
    parts: Parts, names: pd.DataFrame, params: Expand, log: Logger
) -> tuple[sp.csr_matrix, sp.csr_matrix, np.ndarray]:
    """to_fact (N, M), from_fact (M, N), labels (M,): entities that items share, and facts that name two nodes."""
    shared = _shared_entities(parts, params.mediators).toPandas().sort_values(["entity", "interest_id"])
    direct = named_facts(parts.facts, names, params.max_facts, log)
    nodes, size = names["interest_id"].to_numpy(object), len(names)
    entities, column = np.unique(shared["entity"].to_numpy(object), return_inverse=True)
    place = places(nodes, shared["interest_id"])
    count = len(entities) + len(direct)
    extra = np.arange(len(entities), count)
    total = shared.groupby("interest_id")["weight"].sum()
    strength = direct["src"].map(total).fillna(1.0).to_numpy(float) * params.hierarchy
    forth = sp.csr_matrix(
        (
            np.concatenate([shared["weight"], strength]),
            (np.concatenate([place, places(nodes, direct["src"])]), np.concatenate([column, extra])),
        ),
        (size, count),
    )
    back = sp.csr_matrix(
        (
            np.concatenate([shared["weight"], np.ones(len(direct))]),
            (np.concatenate([column, extra]), np.concatenate([place, places(nodes, direct["dst"])])),
        ),
        (count, size),
    )
    labels = dict(zip(shared["entity"], shared["label"], strict=True))
    relations = [*(labels[name] for name in entities), *direct["relation"]]
    return stochastic_rows(forth), stochastic_rows(back), np.array(relations, object)


def _shared_entities(parts: Parts, limit: int) -> DataFrame:
    """(interest_id, entity, label, weight): how much the items of a node say the entity, rare entities more.

    The `limit` strongest entities of a node, and of these the `limit` strongest nodes of an entity.
    """
    names = parts.nodes.names.where("kind = 'entity'")
    items = parts.nodes.held.agg(F.countDistinct("item_id").alias("items"))
    rare = names.crossJoin(F.broadcast(items)).select(
        F.col("interest_id").alias("entity"), F.col("name").alias("label"),
        F.log1p(F.col("items") / F.col("item_count")).alias("rarity"),
    )  # fmt: skip
    said = parts.nodes.held.select("item_id", F.col("interest_id").alias("entity")).join(F.broadcast(rare), "entity")
    pairs = parts.nodes.held.select("item_id", "interest_id", "weight").join(said, "item_id")
    sums = pairs.groupBy("interest_id", "entity", "label").agg(
        F.round(F.sum(F.col("weight") * F.col("rarity")), 9).alias("weight")
    )
    for one, other in (("interest_id", "entity"), ("entity", "interest_id")):
        best = Window.partitionBy(one).orderBy(F.desc("weight"), other)
        sums = sums.withColumn("place", F.row_number().over(best)).where(F.col("place") <= limit).drop("place")
    return sums


def named_facts(facts: DataFrame, names: pd.DataFrame, max_facts: int, log: Logger) -> pd.DataFrame:
    """silver.facts, nodes(interest_id, name) -> (src, dst, relation) of facts about no item whose subject and object
    are labels of nodes, both ways.

    The first `max_facts` by subject, predicate and object are read; a warning says how many are left out. Runs 2 Spark
    jobs.
    """
    said = facts.where("subject_item_id IS NULL").select("subject", "predicate", "object")
    if (count := said.count()) > max_facts:
        log.warning("      %d of %d facts about no item left out: expand.max_facts", count - max_facts, count)
        said = said.orderBy("subject", "predicate", "object").limit(max_facts)
    by_label: dict[str, list[str]] = {}
    for node, label in zip(names["interest_id"], names["name"], strict=True):
        by_label.setdefault(plain(label), []).append(node)
    rows = []
    for fact in said.toLocalIterator():
        ends = [by_label.get(plain(fact[end].rstrip("/#").rsplit("/", 1)[-1]), []) for end in ("subject", "object")]
        relation = plain(fact["predicate"].rsplit("/", 1)[-1])
        rows += [(a, b, relation) for one, two in (ends, ends[::-1]) for a in one for b in two if a != b]
    return pd.DataFrame(sorted(set(rows)), columns=["src", "dst", "relation"])
