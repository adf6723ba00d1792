"""Entities that a trained tagger finds in texts: names by kind, how sure, and the items that carry them."""

from collections.abc import Callable, Iterator, Sequence

import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .words import WORD

SPANS = "text_hash string, kind string, name string, confidence double"
SENTENCE_WORDS = 80  # words that are tagged together
Tagged = Callable[[Sequence[Sequence[str]]], list[tuple[list[str], list[float]]]]


def spans_in(texts: Sequence[str], tag: Tagged) -> list[list[tuple[str, str, float]]]:
    """Texts, sentences of words -> (tags, probabilities) -> per text (kind, name as written, least probability)."""
    pieces, owners = [], []
    for number, text in enumerate(texts):
        words = [match.group() for match in WORD.finditer(text)]
        for start in range(0, len(words), SENTENCE_WORDS):
            pieces.append(words[start : start + SENTENCE_WORDS])
            owners.append(number)
    spans: list[list] = [[] for _ in texts]
    for words, owner, (tags, sure) in zip(pieces, owners, tag(pieces) if pieces else (), strict=True):
        start = None
        for place, one in enumerate([*tags, "O"]):
            if start is not None and not (one.startswith("I-") and one[2:] == tags[start][2:]):
                spans[owner].append((tags[start][2:], " ".join(words[start:place]), min(sure[start:place])))
                start = None
            if one != "O" and start is None:
                start = place
    return spans


def find_spans(tagger: Callable[[], Tagged]) -> Callable[[DataFrame], DataFrame]:
    """texts(text_hash, text) -> (text_hash, kind, name, confidence), one row per span. Lazy; `tagger` loads on the
    worker."""

    def look(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        tag = tagger()
        for frame in frames:
            spans = spans_in(frame["text"].tolist(), tag)
            rows = [(key, *span) for key, mine in zip(frame["text_hash"], spans, strict=True) for span in mine]
            yield pd.DataFrame(rows, columns=["text_hash", "kind", "name", "confidence"])

    return lambda texts: texts.select("text_hash", "text").mapInPandas(look, SPANS)


def item_entities(documents: DataFrame, min_confidence: float, min_items: int) -> Callable[[DataFrame], DataFrame]:
    """spans; documents(item_id, text_hash) -> (item_id, entity_id, kind, name, texts, weight). Lazy.

    Spans of one kind whose names are equal in lower case and single blanks are one entity, shown in its most frequent
    spelling (ties: the smaller). Spans below `min_confidence`, and entities on fewer than `min_items` items, are left
    out. texts: the item's texts that name it; weight = texts / the item's largest of the kind, in (0,1].
    """

    def transform(spans: DataFrame) -> DataFrame:
        plain = F.trim(F.regexp_replace(F.lower("name"), r"\s+", " "))
        sure = spans.where(F.col("confidence") >= min_confidence).withColumn("plain", plain)
        sure = sure.where(F.length("plain") > 1).withColumn("entity_id", F.concat(F.lit("entity:"), "kind", F.lit(":"),
                                                                                  "plain"))  # fmt: skip
        spelled = sure.groupBy("entity_id", "name").count()
        first = Window.partitionBy("entity_id").orderBy(F.desc("count"), "name")
        shown = spelled.withColumn("place", F.row_number().over(first)).where("place = 1").select("entity_id", "name")
        carried = sure.select("text_hash", "entity_id", "kind").distinct().join(documents, "text_hash")
        counted = carried.groupBy("item_id", "entity_id", "kind").agg(
            F.countDistinct("text_hash").cast("int").alias("texts")
        )
        usual = counted.groupBy("entity_id").agg(F.count("*").alias("items")).where(F.col("items") >= min_items)
        common = counted.join(usual.select("entity_id"), "entity_id").join(shown, "entity_id")
        largest = F.max("texts").over(Window.partitionBy("item_id", "kind"))
        weight = (F.col("texts") / largest).alias("weight")
        return common.select("item_id", "entity_id", "kind", "name", "texts", weight)

    return transform


def node_edges(min_items: int, max_per_item: int, max_neighbours: int) -> Callable[[DataFrame], DataFrame]:
    """carried(item_id, node, weight in (0,1], is_entity) -> edges(src < dst, weight, pair_count), one end an entity.

    weight: cosine of the two nodes over the items that carry them; pair_count: items that carry both, at least
    `min_items`. Of an item the `max_per_item` strongest nodes make pairs (ties by node), so cost is linear in items; of
    a node the `max_neighbours` strongest edges stay on either side. Lazy.
    """

    def transform(carried: DataFrame) -> DataFrame:
        order = Window.partitionBy("item_id").orderBy(F.desc("is_entity"), F.desc("weight"), "node")
        strongest_nodes = carried.withColumn("place", F.row_number().over(order)).where(F.col("place") <= max_per_item)
        norms = carried.groupBy("node").agg(F.sqrt(F.sum(F.col("weight") * F.col("weight"))).alias("norm"))
        left = strongest_nodes.select("item_id", F.col("node").alias("src"), F.col("weight").alias("a"),
                           F.col("is_entity").alias("e"))  # fmt: skip
        right = strongest_nodes.select("item_id", F.col("node").alias("dst"), F.col("weight").alias("b"),
                            F.col("is_entity").alias("f"))  # fmt: skip
        pairs = (
            left.join(right, "item_id")
            .where("src < dst AND (e OR f)")
            .groupBy("src", "dst")
            .agg(F.sum(F.col("a") * F.col("b")).alias("dot"), F.count("*").alias("pair_count"))
        )
        scaled = (
            pairs.where(F.col("pair_count") >= min_items)
            .join(norms.toDF("src", "n"), "src")
            .join(norms.toDF("dst", "m"), "dst")
            .withColumn("weight", F.round(F.col("dot") / (F.col("n") * F.col("m")), 9))
        )
        for end in ("src", "dst"):
            other = "dst" if end == "src" else "src"
            best = Window.partitionBy(end).orderBy(F.desc("weight"), other)
            scaled = scaled.withColumn(f"{end}_place", F.row_number().over(best))
        near = (F.col("src_place") <= max_neighbours) | (F.col("dst_place") <= max_neighbours)
        return scaled.where(near).select("src", "dst", "weight", "pair_count")

    return transform
