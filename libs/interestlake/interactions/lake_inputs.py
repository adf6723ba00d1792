"""Tables of a lake -> the frames of a benchmark: what a run fits its models on, and what `export-split` writes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.vectors import unit_rows
from .inputs import Inputs, inputs_of

CATEGORY = "category"  # predicate of the facts that an item's categories are
PAIR_COLUMNS = ["user_id", "item_id", "weight", "time"]


@dataclass(frozen=True)
class LakeFrames:
    """pairs(user_id, item_id, weight, time in seconds or place, split), by person and place in the history; items
    (item_id, title, text); friends(user_id, friend_id) or None; facts(subject, predicate, object) or None."""

    pairs: pd.DataFrame
    timed: bool
    items: pd.DataFrame
    friends: pd.DataFrame | None
    facts: pd.DataFrame | None

    def of(self, *splits: str) -> pd.DataFrame:
        """(user_id, item_id, weight, time) of these splits; without times, the place among them."""
        rows = self.pairs.loc[self.pairs["split"].isin(splits), PAIR_COLUMNS].reset_index(drop=True)
        return rows if self.timed else rows.assign(time=np.arange(len(rows), dtype=np.float64))

    def split(self) -> Inputs:
        """Train, validation and test apart, over the people and items that `interestlake benchmark` would know."""
        valid = self.of("validation")
        learned = pd.concat([self.of("train"), valid])["user_id"].unique()
        return inputs_of(self.of("train"), valid if len(valid) else None, self.of("test"), self.timed, self.items,
                         self.friends_of(learned), self.facts, {})  # fmt: skip

    def whole(self) -> Inputs:
        """Every pair as train: what the released models are fitted on."""
        everything = self.of("train", "validation", "test")
        return inputs_of(everything, None, everything.iloc[:0], self.timed, self.items,
                         self.friends_of(everything["user_id"].unique()), self.facts, {})  # fmt: skip

    def friends_of(self, people: np.ndarray) -> pd.DataFrame | None:
        """(user_id, friend_id) links among `people`; None without any."""
        if self.friends is None:
            return None
        among = self.friends["user_id"].isin(people) & self.friends["friend_id"].isin(people)
        return self.friends[among] if among.any() else None


def collect_frames(tables: Mapping[str, DataFrame]) -> LakeFrames:
    """silver.{interactions, items, documents, friends, facts} -> LakeFrames on the driver; the caller has counted the
    pairs, and `item_room.with_room` the rest.

    An item without a document of its own has no title: what stands there is its id, which says nothing about it. Four
    Spark jobs. Pairs without a time anywhere in the table make it untimed. Facts are those without an end whose
    subject is an item, and each category of an item.
    """
    pairs = tables["silver.interactions"].select(
        "user_id", "item_id", F.col("weight").cast("double").alias("weight"),
        F.col("first_ts").cast("double").alias("time"), "position", "split",
    ).toPandas()  # fmt: skip
    pairs = pairs.sort_values(["user_id", "position"], kind="stable", ignore_index=True)
    timed = bool(len(pairs)) and not pairs["time"].isna().any()
    written = tables["silver.documents"].where("kind = 'item'").select("item_id", F.lit(True).alias("written"))
    title = F.when(F.col("written"), F.coalesce("title", F.lit(""))).otherwise("").alias("title")
    items = tables["silver.items"].join(written.distinct(), "item_id", "left").select(
        "item_id", title, F.coalesce("description", F.lit("")).alias("text")
    ).toPandas().sort_values("item_id", ignore_index=True)  # fmt: skip
    friends = tables["silver.friends"].select("user_id", "friend_id").distinct().toPandas()
    friends = friends.sort_values(["user_id", "friend_id"], ignore_index=True)
    facts = tables["silver.facts"].transform(item_facts(tables["silver.items"])).toPandas()
    facts = facts.sort_values(["subject", "predicate", "object"], ignore_index=True)
    return LakeFrames(pairs, timed, items, friends if len(friends) else None, facts if len(facts) else None)


def item_facts(items: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """silver.facts -> (subject, predicate, object), each once: facts of items that hold, and the items' categories.

    items(item_id, categories array<string>). Lazy.
    """

    def transform(facts: DataFrame) -> DataFrame:
        holding = facts.where("subject_item_id IS NOT NULL AND valid_to IS NULL")
        said = holding.select(F.col("subject_item_id").alias("subject"), "predicate", "object")
        listed = items.select(F.col("item_id").alias("subject"), F.lit(CATEGORY).alias("predicate"),
                              F.explode("categories").alias("object"))  # fmt: skip
        facts_of_all = said.unionByName(listed).where("length(object) > 0")
        return facts_of_all.join(items.select(F.col("item_id").alias("subject")), "subject", "left_semi").distinct()

    return transform


def item_vectors(documents: DataFrame, embeddings: DataFrame, item_ids: np.ndarray) -> np.ndarray:
    """silver.documents, (text_hash, vector) of one encoder -> (I, d) float32 unit rows in the order of `item_ids`.

    The vector of the item's own text, zeros where it has none. One Spark job; bounded by the items.
    """
    texts = documents.where("kind = 'item'").select("item_id", "text_hash")
    frame = texts.join(embeddings.select("text_hash", "vector"), "text_hash").select("item_id", "vector").toPandas()
    if frame.empty:
        return np.zeros((len(item_ids), 1), np.float32)
    place = np.searchsorted(item_ids, frame["item_id"].to_numpy(object))
    vectors = np.zeros((len(item_ids), len(frame["vector"].iloc[0])), np.float32)
    vectors[place] = np.stack(frame["vector"].to_list())
    return unit_rows(vectors)
