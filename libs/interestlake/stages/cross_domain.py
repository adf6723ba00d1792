"""The command cross-domain: profiles of one catalogue make lists in another, for people who are new there."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.room import expect_room, gigabytes
from ..core.stage import Stage, StageContext, expect_lake
from ..interests.cross_domain import measure
from ..interests.cross_domain.carry import by_hash, carried_profiles, item_texts, shared_nodes
from ..interests.cross_domain.measure import Shop
from ..interests.expansion.build import places
from ..interests.expansion.choose import blocks
from ..interests.expansion.histories import numbered
from ..interests.node_vectors import matrix_of
from ..interests.profile import with_rarity
from ..interests.profiles import Nodes, with_entities
from ..text.own_vectors import encoder_ids
from .embed import encoder_of, own_vectors
from .evaluate_expansion import METRICS, half, sample, summed
from .expand import held_nodes
from .interests import NEEDED, NEEDED_FROM

READS = (*NEEDED, "silver.facts", "silver.items", "silver.documents", "silver.embeddings")
LEAST_PEOPLE = 20  # of each half, for figures that mean something


def _run(context: StageContext) -> dict[str, float]:
    nodes, pairs = held_nodes(context), context.read("silver.interactions")
    documents = context.read("silver.documents")
    texts = item_texts(documents, own_vectors(context, documents)).persist()
    if context.options.inputs:
        theirs, known_pairs, known_texts = _other_lake(context)
        ours, wanted_pairs, same_topics = nodes, pairs, False
    else:
        side = by_hash(context.options.seed, "item_id")
        theirs = Nodes(nodes.held.where(side == 0), nodes.names)
        ours, known_pairs, known_texts = Nodes(nodes.held.where(side == 1), nodes.names), pairs.where(side == 0), texts
        wanted_pairs, same_topics = pairs.where(side == 1), True
    source, target = shared_nodes(theirs, ours, same_topics)
    people = known_pairs.transform(carried_profiles(source, known_texts, context.params.expand.seeds))
    relevant = wanted_pairs.where("weight > 0").groupBy("user_id").agg(F.collect_list("item_id").alias("wanted"))
    judged = people.join(relevant, "user_id").withColumn("half", half(context.options.seed)).persist()
    counts = {row["half"]: row["count"] for row in judged.groupBy("half").count().collect()}
    if min(counts.get(name, 0) for name in ("validation", "test")) < LEAST_PEOPLE:
        raise BadInput.of(
            "people known in both catalogues",
            found=counts or "nobody",
            expected=f"at least {LEAST_PEOPLE} in each half",
            where="--from-lake",
        )
    shop = _shop(context, target, wanted_pairs, texts, judged)
    figures = _measured(context, judged, shop).withColumn("run_id", F.lit(context.options.run_id)).persist()
    context.write(METRICS, figures)
    rows = figures.collect()
    for frame in (judged, figures, texts, nodes.held, nodes.names):
        frame.unpersist()
    names = {f"{row['model']}.{row['metric']}_{row['k']}".replace(" ", "_"): row["value"] for row in rows}
    return names | {"people": float(sum(counts.values())), "shared_interests": float(shop[1].carry.shape[1])}


def _other_lake(context: StageContext) -> tuple[Nodes, DataFrame, DataFrame]:
    """Nodes, interactions and item texts of the lake that knows the people."""
    lake = Lake(context.spark, context.options.inputs[0])
    expect_lake(lake, READS, NEEDED_FROM)
    nodes = Nodes(lake.read("silver.item_interests"), lake.read("silver.interests"))
    nodes = with_entities(nodes, lake.read("silver.facts"), context.params.interests)
    return nodes, lake.read("silver.interactions"), item_texts(lake.read("silver.documents"), _vectors(context, lake))


def _vectors(context: StageContext, lake: Lake) -> DataFrame:
    """The other lake's vectors of this lake's encoder; a warning that names its encoders where it has none of it."""
    model_id, embeddings = encoder_of(context).model_id, lake.read("silver.embeddings")
    vectors = embeddings.where(F.col("model_id") == model_id)
    if vectors.isEmpty():
        theirs = ", ".join(encoder_ids(embeddings)) or "none"
        context.log.warning("      texts do not cross: %s has no vectors of %s; it has %s", lake.root, model_id, theirs)
    return vectors


def _shop(
    context: StageContext, nodes: Nodes, pairs: DataFrame, texts: DataFrame, judged: DataFrame
) -> tuple[np.ndarray, Shop, np.ndarray]:
    """(item ids, Shop, node ids): items with a choice; popularity among the people who are not of the test half."""
    others = pairs.join(judged.where("half = 'test'").select("user_id"), "user_id", "left_anti").where("weight > 0")
    chosen = pairs.select("item_id").distinct()
    popular = others.groupBy("item_id").agg(F.count("*").alias("people"))
    carried = with_rarity(nodes.held.join(chosen, "item_id"), nodes.names).select("item_id", "interest_id", "carry")
    count, first = chosen.count(), texts.select(F.size("text_vector")).first()
    planned = gigabytes(count, texts=1, numbers=1 + (first[0] if first else 0))
    planned += gigabytes(nodes.held.count(), texts=2, numbers=3)
    expect_room(
        f"{count:,} items with vectors and interests",
        planned,
        context.params.expand.max_gigabytes,
        "expand.max_gigabytes",
    )
    items = chosen.join(popular, "item_id", "left").join(texts, "item_id", "left").toPandas().sort_values("item_id")
    ids = items["item_id"].to_numpy(object)
    carried = carried.toPandas()
    names = np.unique(carried["interest_id"].to_numpy(object).astype(str)).astype(object)
    where = places(ids, carried["item_id"]), places(names, carried["interest_id"])
    carry = sp.csr_matrix((carried["carry"].to_numpy(float), where), (len(ids), len(names)))
    width = max((len(v) for v in items["text_vector"] if v is not None), default=1)
    vectors = matrix_of(items["text_vector"], width)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return ids, Shop(carry, vectors, items["people"].fillna(0).to_numpy(float)), names


def _measured(context: StageContext, judged: DataFrame, made: tuple[np.ndarray, Shop, np.ndarray]) -> DataFrame:
    shared = context.spark.sparkContext.broadcast(made)

    def work(frames: Iterator[pd.DataFrame]):
        ids, shop, names = shared.value
        item, node = numbered(ids), numbered(names)
        for block in blocks(frames, len(ids)):
            yield measure.evaluate_shop(shop, block.assign(wanted=block["wanted"].map(item), **_nodes(block, node)))

    halves = sample(judged, "validation", context.options.seed).unionByName(
        sample(judged, "test", context.options.seed)
    )
    rows = halves.mapInPandas(work, measure.FOUND).persist()
    values = rows.where("half = 'validation' AND metric = 'ndcg' AND k = 10").groupBy("model").agg(F.avg("value"))
    means = {row[0]: round(row[1], 9) for row in values.collect()}
    best = max(measure.mixes(), key=lambda name: means[name])
    test = rows.where("half = 'test'").where(F.col("model").isin("interests", "text", "popularity", best))
    return summed(test.withColumn("model", F.regexp_replace("model", "^mix", "chosen:")), "cross_domain")


def _nodes(block: pd.DataFrame, node: Any) -> dict[str, list]:
    """Node numbers and their weights, names that the target lacks left out."""
    weight_of = [{} if names is None else dict(zip(names, weights, strict=True))
            for names, weights in zip(block["interests"], block["weights"], strict=True)]  # fmt: skip
    shared = [[name for name in sorted(row) if len(node([name]))] for row in weight_of]
    weights = [[row[name] for name in names] for row, names in zip(weight_of, shared, strict=True)]
    return {"nodes": [node(names) for names in shared], "weights": weights}


CROSS_DOMAIN = Stage(
    name="cross_domain",
    summary="profiles of one catalogue make lists in another",
    reads=READS,
    writes=(METRICS,),
    section="expand",
    run=_run,
)
