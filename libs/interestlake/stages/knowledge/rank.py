"""knowledge-rank: items by what a person's history tells about their features."""

from pyspark.sql import functions as F

from ...core.errors import BadInput
from ...core.only_row import only_row
from ...core.stage import Stage, StageContext
from ...knowledge import divergence
from ...knowledge.validity import holding


def _rank(context: StageContext) -> dict[str, float]:
    params = context.params.knowledge
    items, pairs = context.read("silver.items"), context.read("silver.interactions").where("split = 'train'")
    facts = context.read("silver.facts").transform(holding(params.as_of))
    features = items.transform(divergence.item_features(facts, params.min_feature_items)).persist()
    if features.isEmpty():
        raise BadInput.of(
            "features of items",
            found="no category and no fact of an item",
            where="knowledge-load, or conf/params/knowledge.yml (min_feature_items)",
            expected="facts whose subject is an item",
        )
    shares = features.transform(divergence.feature_shares()).persist()
    liked = pairs.where("weight > 0").select("user_id", "item_id", "weight")
    parts = liked.transform(divergence.contributions(features, shares, params.smoothing)).persist()
    people = parts.transform(divergence.divergences()).persist()
    seen = pairs.select("user_id", "item_id")
    ranked = parts.transform(
        divergence.rank_items(features, shares, seen, params.length_power, params.max_features, params.top_k)
    )
    written = context.write("gold.knowledge_ranking", ranked.join(people, "user_id"))
    figures = only_row(people.agg(F.count(F.lit(1)).alias("people"), F.avg("divergence").alias("nats")))
    counts = {"items_with_features": features.select("item_id").distinct().count(), "features": shares.count()}
    for frame in (features, shares, parts, people):
        frame.unpersist()
    return counts | {"people": figures["people"], "mean_divergence_nats": figures["nats"], "rows": written.rows}


KNOWLEDGE_RANK = Stage(
    name="knowledge_rank",
    summary="items by what a person's history tells about their features",
    reads=("silver.items", "silver.interactions", "silver.facts"),
    writes=("gold.knowledge_ranking",),
    section="knowledge",
    run=_rank,
)
