"""Stage evaluate: every model's lists against the held-out pairs."""

from functools import reduce

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lake import Written, one_row
from ..core.room import gigabytes, has_room
from ..core.stage import Stage, StageContext
from ..core.vectors import unit_rows
from ..evaluation.judged import of_judged, sampled
from ..evaluation.readability import reasons_read
from ..evaluation.table import SPLITS, accuracy, held_out_people, spread, unknown_items, unlikeness
from ..interactions.item_room import BOUND
from ..interests.profiles import Nodes
from ..recommending.against_champion import TABLE as AGAINST
from ..recommending.against_champion import as_row, compare
from ..recommending.former import came_since
from ..recommending.saved import TABLE as RECOMMENDER
from ..reporting.models_figure import models_figure
from .evaluate_interests import judged_split

LISTS = "gold.recommendations"
INTERESTS = ("silver.interests", "silver.item_interests")


def _run(context: StageContext) -> dict[str, float]:
    ks = context.params.evaluate.ks
    since = came_since(context.lake, context.options.run_id)
    interactions = context.read("silver.interactions").select("user_id", "item_id", "split") if since is None else since
    interactions = interactions.persist()
    items = context.read("silver.items").select("item_id", "item_index", "user_count").persist()
    train_users = context.read("silver.users").where("item_count > 0").count()
    lists = context.read("models.lists").where(F.col("rank") <= max(ks)).persist()
    recommend, tests = context.params.recommend, interactions.where("split = 'test'").select("user_id").distinct()
    if since is None:
        tested = sampled(tests, recommend.max_test_people, context.options.seed, context.log)
    else:  # recommend has drawn them, of those that the former release knew
        tested = lists.select("user_id").distinct()
    asked = interactions.transform(held_out_people(recommend.cold_history))
    asked = of_judged(asked, tested, lists).persist()
    parts = [lists.transform(accuracy(interactions, asked, ks)), lists.transform(spread(items, asked, train_users, ks))]
    vectors = _text_vectors(context)
    if vectors is not None:
        vectors = context.spark.sparkContext.broadcast(vectors)
        parts.append(lists.transform(unlikeness(items, asked, vectors, ks)))
    if all(context.lake.exists(name) for name in INTERESTS):
        parts.append(_interests(context))
    if context.lake.exists(LISTS):
        parts.append(context.read(LISTS).transform(reasons_read))
    rows = reduce(lambda a, b: a.unionByName(b, allowMissingColumns=True), parts).withColumn(
        "run_id", F.lit(context.options.run_id)
    )
    context.write("gold.metrics", rows)
    _beside_champion(context, since is not None)
    unknown = {row["split"]: row["unknown"] for row in interactions.transform(unknown_items).collect()}
    for frame in (interactions, items, lists, asked):
        frame.unpersist()
    if vectors is not None:
        vectors.unpersist()
    gate, noted = context.params.promote, _noted(context)
    figures = {name: value for name, value in noted.items() if name.endswith(f".{gate.metric}_{gate.k}")}
    context.tracker.log_parent_metrics(noted)
    context.tracker.log_parent_figure(models_figure(figures, f"{gate.metric}@{gate.k}"), "models.png")
    return {**figures, **{f"{split}.items_unknown_in_train": float(unknown.get(split, 0)) for split in SPLITS}}


def _interests(context: StageContext) -> DataFrame:
    """Rows of gold.metrics, but run_id: model interest_map, metrics interest_*, k 0, on the test split. Lazy."""
    nodes = Nodes(context.read("silver.item_interests"), context.read("silver.interests"))
    pairs = context.read("silver.interactions")
    rows = pairs.transform(judged_split(nodes, "test", context.params.interests.max_per_user))
    metric = F.concat(F.lit("interest_"), F.col("metric")).alias("metric")
    return rows.select(F.lit("test").alias("split"), F.lit("all").alias("segment"), "model", metric,
                       F.lit(0).alias("k"), "value", F.col("cases").alias("users"))  # fmt: skip


def _text_vectors(context: StageContext) -> np.ndarray | None:
    """(largest item_index + 1, d) float32 unit vectors; None, with a line, where they would not fit."""
    rows, most = context.read("models.item_features").select("item_index", "text_vector"), context.params.recommend
    count, first = rows.count(), rows.select(F.size("text_vector")).first()
    planned = gigabytes(count, numbers=first[0] if first else 0)
    if not count or not has_room("diversity", planned, most.max_item_gigabytes, BOUND, context.log):
        return None
    frame = rows.toPandas()
    vectors = np.zeros((int(frame["item_index"].max()) + 1, len(frame["text_vector"].iloc[0])), np.float32)
    vectors[frame["item_index"].to_numpy()] = np.stack(frame["text_vector"].to_list())
    return unit_rows(vectors)


def _beside_champion(context: StageContext, went_on: bool) -> None:
    """One row of gold.against_champion where there is another run's champion; else the table stands, without one.

    went_on: the lists that were judged are the former release's, so that there is nothing to compare.
    """
    gate = context.params.promote
    found = None if went_on else compare(context, gate.metric, gate.k, max(context.params.evaluate.ks))
    if found is None:
        context.lake.create(AGAINST, f"{context.options.run_id}/{AGAINST}")  # an undo finds what is named
        context.note(Written(AGAINST, context.lake.version(AGAINST), 0))
        return
    context.log.info("      %s", found)
    row = {"run_id": context.options.run_id, "metric": gate.metric, "k": gate.k, **as_row(found)}
    context.write(AGAINST, one_row(context.spark, AGAINST, row))


def _noted(context: StageContext) -> dict[str, float]:
    """The gate's metric of every model, and every metric of the fused list at every k, on the test split, as
    <model>.<metric>_<k>. One small Spark job."""
    gate = context.params.promote
    which = (F.col("model") == "fused") | ((F.col("metric") == gate.metric) & (F.col("k") == gate.k))
    rows = context.read("gold.metrics").where(
        which & (F.col("run_id") == context.options.run_id) & (F.col("split") == "test") & (F.col("segment") == "all")
    )
    rows = rows.where(F.col("value").isNotNull()).select("model", "metric", "k", "value").collect()
    return {f"{row['model']}.{row['metric']}_{row['k']}": row["value"] for row in rows}


EVALUATE = Stage(
    name="evaluate",
    summary="accuracy, coverage, novelty and diversity of every model's lists",
    reads=(
        "silver.interactions",
        "silver.items",
        "silver.users",
        "models.lists",
        "models.item_features",
        LISTS,
        RECOMMENDER,
        *INTERESTS,
    ),
    writes=("gold.metrics", AGAINST),
    section="evaluate",
    run=_run,
)
