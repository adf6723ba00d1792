"""knowledge-verbalise: items' facts and people's histories as sentences, their vectors, and the nearest items."""

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ...core.errors import BadInput
from ...core.only_row import only_row
from ...core.stage import Stage, StageContext
from ...knowledge import divergence, match
from ...knowledge.encoding import worker_encoder
from ...knowledge.link import entity_names
from ...knowledge.relations import read_relations
from ...knowledge.validity import holding

SENTENCES, MATCHES = "silver.sentences", "gold.knowledge_matches"
TEXTS_PER_TASK = 20_000


def _verbalise(context: StageContext) -> dict[str, float]:
    params = context.params.knowledge
    relations = read_relations(params.relations)
    items, facts = context.read("silver.items"), context.read("silver.facts").transform(holding(params.as_of))
    pairs = context.read("silver.interactions").where("split = 'train'")
    names = facts.transform(entity_names(relations)).select("id", "name").persist()
    features = items.transform(divergence.item_features(facts, 1)).persist()
    shares = features.transform(divergence.feature_shares()).persist()
    liked = pairs.where("weight > 0")
    history = liked.select("user_id", "item_id", "weight")
    contributed = history.transform(divergence.contributions(features, shares, params.smoothing))
    texts = items.transform(match.item_texts(features, names, relations)).unionByName(
        liked.transform(match.person_texts(items, contributed, names, relations))
    )
    encode, model_id = worker_encoder(context.params.embed, context.tracker.uri, context.spark)
    partitions = max(context.spark.sparkContext.defaultParallelism, -(-items.count() // TEXTS_PER_TASK))
    written = context.write(SENTENCES, texts.transform(match.encoded(encode, model_id, partitions)))
    sentences = context.lake.read(SENTENCES)
    ids, vectors = _item_vectors(context, sentences)
    shared = context.spark.sparkContext.broadcast((ids, vectors))
    seen = pairs.select("user_id", "item_id")
    matched = context.write(MATCHES, sentences.transform(match.nearest_items(shared, seen, params.top_k)))
    if params.query:
        _answer(context, encode([params.query])[0], ids, vectors)
    shared.unpersist()
    for frame in (names, features, shares):
        frame.unpersist()
    return {"items": len(ids), "people": written.rows - len(ids), "matches": matched.rows}


def _item_vectors(context: StageContext, sentences: DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """(I,) item ids ascending and (I, d) float32 on the driver. BadInput past max_gigabytes."""
    rows = sentences.where("kind = 'item'").select("id", "vector").orderBy("id")
    count, width = rows.count(), len(only_row(rows)["vector"])
    limit = context.params.knowledge.max_gigabytes
    if count * width * 4 > limit * 1e9:
        raise BadInput.of(
            "vectors of items",
            found=f"{count:,} of {width} numbers",
            expected=f"<= {limit} GB",
            where="conf/params/knowledge.yml (max_gigabytes)",
        )
    frame = rows.toPandas()
    return frame["id"].to_numpy(object), np.stack(frame["vector"].to_list()).astype(np.float32)


def _answer(context: StageContext, vector: np.ndarray, ids: np.ndarray, vectors: np.ndarray) -> None:
    scores = np.round(vectors @ vector, 6)
    best = np.argsort(-scores, kind="stable")[: context.params.knowledge.top_k]
    nearest = context.lake.read("silver.items").where(F.col("item_id").isin(ids[best].tolist()))
    titles = {row["item_id"]: row["title"] for row in nearest.select("item_id", "title").collect()}
    for place in best:
        context.log.info("      %.4f  %s", scores[place], titles[ids[place]])


KNOWLEDGE_VERBALISE = Stage(
    name="knowledge_verbalise",
    summary="facts and histories as sentences, and the items whose sentences are nearest",
    reads=("silver.items", "silver.interactions", "silver.facts"),
    writes=(SENTENCES, MATCHES),
    section="knowledge",
    run=_verbalise,
)
