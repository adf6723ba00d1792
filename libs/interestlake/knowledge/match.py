"""Items and people as sentences with vectors, and which items' sentences lie nearest to a text's."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd
from pyspark import Broadcast
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .relations import Relation
from .verbalise import MAX_TASTES, MAX_TITLES, item_sentences, person_sentences

Transform = Callable[[DataFrame], DataFrame]
SAID = "kind string, id string, text string"
ENCODED = f"{SAID}, vector array<float>"
NEAREST = "user_id string, item_id string, rank int, score double"


def item_texts(features: DataFrame, names: DataFrame, relations: Mapping[str, Relation]) -> Transform:
    """silver.items -> (kind, id, text). features: (item_id, predicate, object); names: (id, name) of entities. Lazy."""
    named = features.join(names.groupBy(F.col("id").alias("object")).agg(F.min("name").alias("name")), "object", "left")
    fact = F.struct("predicate", F.coalesce("name", "object").alias("object"))
    facts = named.groupBy("item_id").agg(F.collect_list(fact).alias("facts"))

    def say(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            texts = []
            for title, listed, description in zip(frame["title"], frame["facts"], frame["description"], strict=True):
                grouped: dict[str, list[str]] = {}
                for row in listed if listed is not None else ():
                    grouped.setdefault(row["predicate"], []).append(row["object"])
                texts.append(item_sentences(title, grouped, relations, description))
            yield pd.DataFrame({"kind": "item", "id": frame["item_id"], "text": texts})

    def transform(items: DataFrame) -> DataFrame:
        return items.select("item_id", "title", "description").join(facts, "item_id", "left").mapInPandas(say, SAID)

    return transform


def person_texts(items: DataFrame, parts: DataFrame, names: DataFrame, relations: Mapping[str, Relation]) -> Transform:
    """(user_id, item_id, position) -> (kind, id, text). parts: rows of `divergence.contributions`. Lazy."""
    newest = Window.partitionBy("user_id").orderBy(F.desc("position"), "item_id")
    strongest = Window.partitionBy("user_id").orderBy(F.desc(F.round("contribution", 12)), "predicate", "object")

    def in_order(place: str, *columns: str):
        rows = F.sort_array(F.collect_list(F.struct(place, *columns)))
        return F.transform(rows, lambda row: F.struct(*(row[name].alias(name) for name in columns)))

    def say(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            texts = []
            for titles, tastes in zip(frame["titles"], frame["tastes"], strict=True):
                tastes = [(row["predicate"], row["said"]) for row in (tastes if tastes is not None else ())]
                texts.append(person_sentences([row["title"] for row in titles], tastes, relations))
            yield pd.DataFrame({"kind": "person", "id": frame["user_id"], "text": texts})

    def transform(history: DataFrame) -> DataFrame:
        placed = history.withColumn("place", F.row_number().over(newest)).where(F.col("place") <= MAX_TITLES)
        titles = (
            placed.join(items.select("item_id", "title"), "item_id")
            .groupBy("user_id")
            .agg(in_order("place", "title").alias("titles"))
        )
        strongest_rows = parts.where("contribution > 0").withColumn("place", F.row_number().over(strongest))
        named = strongest_rows.where(F.col("place") <= MAX_TASTES).join(
            names.groupBy(F.col("id").alias("object")).agg(F.min("name").alias("name")), "object", "left"
        )
        said = named.withColumn("said", F.coalesce("name", "object"))
        tastes = said.groupBy("user_id").agg(in_order("place", "predicate", "said").alias("tastes"))
        return titles.join(tastes, "user_id", "left").mapInPandas(say, SAID)

    return transform


def encoded(encode: Callable[[list[str]], np.ndarray], model_id: str, partitions: int) -> Transform:
    """(kind, id, text) -> rows of silver.sentences. A vector does not depend on its batch beyond 1e-6. Lazy."""

    def read(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            yield frame.assign(vector=list(encode(frame["text"].tolist())))

    def transform(texts: DataFrame) -> DataFrame:
        spread = texts.repartition(partitions, "kind", "id").sortWithinPartitions(F.length("text"), "kind", "id")
        return spread.mapInPandas(read, ENCODED).withColumn("model_id", F.lit(model_id))

    return transform


def nearest_items(items: Broadcast, seen: DataFrame, top: int) -> Transform:
    """Persons of silver.sentences -> (user_id, item_id, rank, score): the `top` unseen items of the largest cosine.

    items: broadcast (item_ids ascending, (I, d) float32 unit vectors); seen: (user_id, item_id). Ties by item_id;
    scores are told apart to 1e-6. Lazy.
    """
    histories = seen.groupBy("user_id").agg(F.collect_set("item_id").alias("seen"))

    def rank(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        ids, vectors = items.value
        place = {item: row for row, item in enumerate(ids)}
        for frame in frames:
            scores = np.stack(frame["vector"].to_list()).astype(np.float32) @ vectors.T  # (B, d) @ (d, I) -> (B, I)
            for user, mine, row in zip(frame["id"], frame["seen"], np.round(scores, 6), strict=True):
                hidden = [place[item] for item in (mine if mine is not None else ()) if item in place]
                row[hidden] = -np.inf
                best = np.argsort(-row, kind="stable")[: min(top, len(ids) - len(hidden))]
                yield pd.DataFrame(
                    {
                        "user_id": user,
                        "item_id": ids[best],
                        "rank": np.arange(1, len(best) + 1),
                        "score": row[best].astype(np.float64),
                    }
                )

    def transform(sentences: DataFrame) -> DataFrame:
        people = sentences.where("kind = 'person'").join(histories.withColumnRenamed("user_id", "id"), "id", "left")
        return people.select("id", "vector", "seen").mapInPandas(rank, NEAREST)

    return transform
