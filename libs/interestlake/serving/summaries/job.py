"""Every item's texts to its statements on Spark: items stream through workers that each load the encoder once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from .compose import ItemTexts, compose, holds

MOST_DOCUMENTS = 60  # texts of one item that are read: its own, then reviews and tags of the train split by id
SCHEMA = ("item_id string, part string, place int, text string, source string, support int, "
          "spans array<struct<doc_id:string,start:int,end:int>>")  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """What a worker needs to build encoder and judge: arguments of `text.configured.loading`, see safety.make_judge."""

    encoder: tuple
    blocked: str | None
    classifier: str | None
    sentences: int


def item_rows(tables: Mapping[str, DataFrame]) -> DataFrame:
    """silver.items, silver.documents and, where it is there, silver.facts -> one row an item with all its words. Lazy.

    item_id, title, categories, documents array<struct<doc_id,kind,text>> (MOST_DOCUMENTS), facts
    array<struct<predicate,object>>. Texts of held-out pairs are not read.
    """
    texts = tables["silver.documents"].where("split IN ('all', 'train')")
    first = Window.partitionBy("item_id").orderBy(F.when(F.col("kind") == "item", 0).otherwise(1), "doc_id")
    first_texts = texts.withColumn("n", F.row_number().over(first)).where(F.col("n") <= MOST_DOCUMENTS)
    documents = F.array_sort(F.collect_list(F.struct("doc_id", "kind", "text"))).alias("documents")
    rows = tables["silver.items"].select("item_id", "title", "categories").join(
        first_texts.groupBy("item_id").agg(documents), "item_id", "left")  # fmt: skip
    if "silver.facts" not in tables:
        return rows.withColumn("facts", F.array().cast("array<struct<predicate:string,object:string>>"))
    facts = tables["silver.facts"].where("subject_item_id IS NOT NULL")
    listed = F.array_sort(F.collect_set(F.struct("predicate", "object"))).alias("facts")
    return rows.join(facts.groupBy(F.col("subject_item_id").alias("item_id")).agg(listed), "item_id", "left")


def texts_of(row: Any) -> ItemTexts:
    """A row of `item_rows`, as a pandas or a Spark row."""
    documents = () if row.documents is None else tuple((d["doc_id"], d["kind"], d["text"]) for d in row.documents)
    facts = () if row.facts is None else tuple((f["predicate"], f["object"]) for f in row.facts)
    return ItemTexts(row.item_id, row.title, tuple(row.categories), documents, facts)


def summarise(plan: Plan) -> Callable[[DataFrame], DataFrame]:
    """`item_rows` -> SCHEMA: the statements of every item. Lazy."""

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        from ...text.encoders import load_encoder
        from .safety import make_judge

        encoder = load_encoder(*plan.encoder)
        judge = make_judge(plan.blocked, plan.classifier)
        for frame in frames:
            rows = []
            for row in frame.itertuples(index=False):
                places: dict[str, int] = {}
                for s in compose(texts_of(row), encoder.encode, judge, plan.sentences):
                    places[s.part] = places.get(s.part, 0) + 1
                    spans = [{"doc_id": doc, "start": a, "end": b} for doc, a, b in s.spans]
                    rows.append((row.item_id, s.part, places[s.part], s.text, s.source, s.support, spans))
            yield pd.DataFrame(rows, columns=[part.split()[0] for part in SCHEMA.split(", ")])

    return lambda items: items.mapInPandas(run, SCHEMA)


def replayed(summaries: DataFrame, items: DataFrame) -> DataFrame:
    """gold.summaries, `item_rows` -> (part, item_id, text, true): whether each statement stands where it says. Lazy."""
    given = F.collect_list(F.struct("part", "text", "source", "support", "spans")).alias("statements")
    both = summaries.groupBy("item_id").agg(given).join(items, "item_id", "left")

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        from .compose import Statement

        for frame in frames:
            rows = []
            for row in frame.itertuples(index=False):
                item = texts_of(row) if row.title is not None else None
                texts = {} if item is None else {doc: text for doc, _, text in item.documents}
                for s in row.statements:
                    spans = tuple((p["doc_id"], int(p["start"]), int(p["end"])) for p in s["spans"])
                    statement = Statement(s["part"], s["text"], s["source"], int(s["support"]), spans)
                    rows.append((s["part"], row.item_id, s["text"], item is not None and holds(statement, texts, item)))
            yield pd.DataFrame(rows, columns=["part", "item_id", "text", "true"])

    return both.mapInPandas(run, "part string, item_id string, text string, true boolean")
