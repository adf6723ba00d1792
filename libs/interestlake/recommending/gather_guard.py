"""Guard rails out of parameters and item-side tables. Only what belongs to items is gathered."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.params.all import Guard as GuardParams
from ..core.room import expect_room, gigabytes
from ..interactions.item_room import BOUND
from ..interests.hidden import hidden_items
from .blocks import Catalogue
from .guard import Guard

SECONDS_PER_DAY = 86_400


def gather_guard(
    params: GuardParams, read: Callable[[str], DataFrame], catalogue: Catalogue, max_gigabytes: float
) -> Guard | None:
    """The rules of `params` by catalogue column, None where none is set; `read` gives a table by its name.

    Runs one or two Spark jobs per rule that is set. Raises BadInput where the pairs of `prerequisite` would pass
    `max_gigabytes`, recommend.max_item_gigabytes: a rule is not left out.
    """
    if params == GuardParams():
        return None
    items = read("silver.items")

    def mask(chosen: DataFrame) -> np.ndarray:
        hit = np.zeros(catalogue.item_count, bool)
        columns = catalogue.columns_of(chosen.select("item_id").toPandas()["item_id"].to_list())
        hit[columns[columns >= 0]] = True
        return hit

    hidden = np.zeros(catalogue.item_count, bool)
    if params.hidden_words:
        hidden = mask(items.transform(hidden_items(params.hidden_words)))
    blocked = hidden.copy()
    if params.blocked_attributes:
        blocked |= mask(read("bronze.items").transform(with_attributes(params.blocked_attributes)))
    if params.max_age_days:
        blocked |= mask(read("silver.interactions").transform(older_than(params.max_age_days)))
    if params.min_people:
        blocked |= mask(items.where(F.col("user_count") < params.min_people))
    group = np.full(catalogue.item_count, -1, np.int32)
    if params.max_per_category:
        first = items.where("size(categories) > 0").select("item_id", F.col("categories")[0].alias("name")).toPandas()
        group[catalogue.columns_of(first["item_id"].to_list())] = np.unique(first["name"], return_inverse=True)[1]
    needs = sp.csr_matrix((catalogue.item_count,) * 2, dtype=np.float32)
    if params.prerequisite:
        asked = read("silver.facts").transform(prerequisites(params.prerequisite, items)).persist()
        planned = gigabytes(asked.count(), texts=2, numbers=3)
        expect_room(f"pairs of {params.prerequisite}", planned, max_gigabytes, BOUND)
        pairs = asked.toPandas()
        asked.unpersist()
        ends = [catalogue.columns_of(pairs[name].to_list()) for name in ("item_id", "needed_id")]
        needs = sp.csr_matrix((np.ones(len(pairs), np.float32), ends), needs.shape)
    return Guard(blocked, hidden, group, params.max_per_category, needs)


def with_attributes(pairs: tuple[str, ...]) -> Callable[[DataFrame], DataFrame]:
    """items(item_id, attributes) -> (item_id) of those with an attribute of `pairs` (name=value, any case). Lazy."""
    split = ((name.strip(), value.strip().lower()) for name, _, value in (pair.partition("=") for pair in pairs))
    conditions = [F.lower(F.trim(F.col("attributes")[name])) == value for name, value in split]
    return lambda items: items.where(F.coalesce(F.array_max(F.array(*conditions)), F.lit(False))).select("item_id")


def older_than(days: float) -> Callable[[DataFrame], DataFrame]:
    """interactions(item_id, first_ts, last_ts) -> (item_id) first met more than `days` before the newest event. Lazy.

    Items without times are as new as can be.
    """

    def transform(interactions: DataFrame) -> DataFrame:
        newest = interactions.agg(F.max("last_ts").cast("double").alias("newest"))
        first = interactions.groupBy("item_id").agg(F.min("first_ts").cast("double").alias("first"))
        old = first.crossJoin(F.broadcast(newest)).where(F.col("newest") - F.col("first") > days * SECONDS_PER_DAY)
        return old.select("item_id")

    return transform


def prerequisites(predicate: str, items: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """silver.facts -> (item_id, needed_id), distinct: the subject's item asks for the object's, both of `items`. Lazy.

    An object is an item by its id, or as the subject of a fact that stands for one. Objects that are no item are passed
    over, and so is an item that asks for itself.
    """

    def transform(facts: DataFrame) -> DataFrame:
        asked = facts.where((F.col("predicate") == predicate) & F.col("subject_item_id").isNotNull())
        asked = asked.select(F.col("subject_item_id").alias("item_id"), "object")
        ids = items.select(F.col("item_id").alias("object"), F.col("item_id").alias("needed_id"))
        entities = facts.where("subject_item_id IS NOT NULL")
        entities = entities.select(F.col("subject").alias("object"), F.col("subject_item_id").alias("needed_id"))
        needed = asked.join(ids.unionByName(entities).distinct(), "object")
        needed = needed.join(items.select("item_id"), "item_id", "left_semi")
        needed = needed.join(items.select(F.col("item_id").alias("needed_id")), "needed_id", "left_semi")
        return needed.where("item_id <> needed_id").select("item_id", "needed_id").distinct()

    return transform
