"""The command evaluate-expansion: late interests are hidden and sought again; lists for people with little history."""

from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from pyspark import Broadcast
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.room import expect_room, gigabytes
from ..core.stage import Stage, StageContext
from ..interests.expansion.build import places
from ..interests.expansion.histories import hide_late, profile_rows
from ..interests.expansion.measure import ADDED, ListedItems, settings
from ..interests.expansion.model import Setting
from ..interests.expansion.passes import judged, judged_items, tried
from ..interests.profile import with_rarity
from ..interests.profiles import Nodes
from .expand import READS, held_nodes, model_of

METRICS = "gold.interest_metrics"
CHOSEN_AT = 20
MOST_PEOPLE = 2000  # of each half; a hash picks them
LITTLE = 3  # items that are left of a history


def _run(context: StageContext) -> dict[str, float]:
    nodes = held_nodes(context)
    pairs = context.read("silver.interactions").persist()
    shown = pairs.transform(profile_rows(nodes, context.params.expand.seeds, F.col("split") == "train")).persist()
    people = pairs.transform(hide_late(nodes, shown)).withColumn("half", half(context.options.seed)).persist()
    shared = context.spark.sparkContext.broadcast(model_of(context, nodes, shown))
    setting = _choose(context, people, shared)
    test = summed(sample(people, "test", context.options.seed).transform(judged(shared, setting)), "expansion")
    little = _little_history(context, nodes, pairs, shared, setting)
    rows = test.unionByName(little).withColumn("run_id", F.lit(context.options.run_id)).persist()
    context.write(METRICS, rows)
    figures = {f"{r['task']}.{r['model']}.{r['metric']}_{r['k']}".replace("+", "_plus_"): r["value"]
               for r in rows.collect()}  # fmt: skip
    for frame in (rows, people, shown, pairs, nodes.held, nodes.names):
        frame.unpersist()
    shared.unpersist()
    names = ("damping", "neighbours", "context", "people", "knowledge", "scale")
    chosen = (setting.damping, setting.neighbours, *setting.weights, setting.scale)
    return figures | {f"chosen.{name}": float(value) for name, value in zip(names, chosen, strict=True)}


def half(seed: int) -> Column:
    """validation or test: which half of the people a person belongs to, by a hash."""
    drawn = F.pmod(F.xxhash64(F.lit(seed), F.lit("half"), "user_id"), F.lit(2))
    return F.when(drawn == 0, "validation").otherwise("test")


def sample(people: DataFrame, name: str, seed: int) -> DataFrame:
    """At most MOST_PEOPLE of one half, the smallest by a hash."""
    own = people.where(F.col("half") == name)
    drawn = own.orderBy(F.xxhash64(F.lit(seed), "user_id"), "user_id").limit(MOST_PEOPLE)
    return drawn.repartition(max(2, people.sparkSession.sparkContext.defaultParallelism), "user_id")


def summed(rows: DataFrame, task: str) -> DataFrame:
    """Figures per person -> their means, in the columns of gold.interest_metrics but run_id. Lazy."""
    means = rows.groupBy("model", "metric", "k").agg(F.avg("value").alias("value"), F.count("*").alias("cases"))
    return means.select(F.lit(task).alias("task"), "model", "metric", "k", F.round("value", 9).alias("value"), "cases")


def _choose(context: StageContext, people: DataFrame, shared: Broadcast) -> Setting:
    """The setting of best mean recall over the validation half, the first of equals; confidence as sure as precise."""
    tries = settings(context.params.expand.steps)
    validation = sample(people, "validation", context.options.seed)
    rows = validation.transform(tried(shared, tries, CHOSEN_AT)).groupBy("setting").agg(F.avg("value").alias("value"))
    means = {row["setting"]: row["value"] for row in rows.collect()}
    if not means:
        raise BadInput.of(
            "lake",
            found="nobody whose later items show an interest that the earlier ones do not",
            expected="people with held-out items",
            where="prepare.validation_share and test_share",
        )
    best = tries[max(means, key=lambda number: (round(means[number], 9), -number))]
    sure = summed(validation.transform(judged(shared, best)), "validation")
    measured = {row["metric"]: row["value"] for row in sure.where(f"model = 'expansion' AND k = {CHOSEN_AT}").collect()}
    return replace(best, scale=round(min(1.0, measured["precision"] / max(measured["mean_confidence"], 1e-9)), 3))


def _little_history(
    context: StageContext, nodes: Nodes, pairs: DataFrame, shared: Broadcast, setting: Setting
) -> DataFrame:
    """Figures of item lists for everyone's first LITTLE items: what is added by expansions, chosen on validation."""
    first = (F.col("split") == "train") & (F.col("position") <= LITTLE)
    items = context.read("silver.items").select("item_id", "user_count")
    planned = gigabytes(items.count(), texts=1, numbers=2) + gigabytes(nodes.held.count(), texts=2, numbers=3)
    expect_room("items and their interests", planned, context.params.expand.max_gigabytes, "expand.max_gigabytes")
    items = items.toPandas().sort_values("item_id")
    ids = items["item_id"].to_numpy(object)
    catalogue = context.spark.sparkContext.broadcast(_catalogue(nodes, ids, items["user_count"].to_numpy(), shared))
    seen = pairs.where("split = 'train'").groupBy("user_id").agg(F.collect_list("item_id").alias("seen"))
    relevant = pairs.where("split <> 'train' AND weight > 0").groupBy("user_id")
    relevant = relevant.agg(F.collect_list("item_id").alias("wanted"))
    rows = pairs.transform(profile_rows(nodes, context.params.expand.seeds, first))
    rows = rows.join(seen, "user_id").join(relevant, "user_id").withColumn("half", half(context.options.seed)).persist()
    work = judged_items(shared, catalogue, ids, setting, context.params.expand.top_k)
    judged_rows = {name: summed(sample(rows, name, context.options.seed).transform(work), "little_history").persist()
                   for name in ("validation", "test")}  # fmt: skip
    best = {row["model"]: row["value"] for row in judged_rows["validation"].where("metric = 'ndcg'").collect()}
    added = max(ADDED, key=lambda value: (round(best.get(f"profile+{value:g}", 0.0), 9), -value))
    test_rows = judged_rows["test"].where(F.col("model").isin("popularity", "profile+0", f"profile+{added:g}"))
    named = F.when(F.col("model") == "profile+0", "profile").when(F.col("model") == "popularity", "popularity")
    test = test_rows.withColumn("model", named.otherwise(F.concat(F.lit("chosen: "), F.col("model"))))
    if added == 0:
        context.log.info("      validation people chose a list without expansions")
    return test


def _catalogue(nodes: Nodes, ids: np.ndarray, popular: np.ndarray, shared: Broadcast) -> ListedItems:
    carried = with_rarity(nodes.held, nodes.names).select("item_id", "interest_id", "carry").toPandas()
    places_of = places(ids, carried["item_id"]), places(shared.value.nodes, carried["interest_id"])
    shape = (len(ids), shared.value.size)
    return ListedItems(sp.csr_matrix((carried["carry"].to_numpy(float), places_of), shape), popular.astype(float))


EVALUATE_EXPANSION = Stage(
    name="evaluate_expansion",
    summary="late interests hidden and found again; lists for little history",
    reads=(*READS, "silver.items"),
    writes=(METRICS,),
    section="expand",
    run=_run,
)
