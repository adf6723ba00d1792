"""Tables of a lake -> the index and a person. Collected to one process after a size check."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.ml.stat import Summarizer
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ...core.lake import Lake
from ...core.only_row import only_row
from ...core.spark_rows import SparkRows
from ...interests.candidates import visible
from ...privacy.person import Person
from ...recommending.blocks import Catalogue
from ...recommending.gather import collect_interests, collect_vectors, fold_in_als
from ...text.own_vectors import encoder_ids, no_vectors
from .asker import Asker, read_asker
from .index import AskIndex, build_index
from .plan import CHARACTERS, NEEDED, REVIEWS, expect_room


def gather_index(lake: Lake, model_id: str, max_gigabytes: float, without: Sequence[str] = ()) -> AskIndex:
    """The index over the whole catalogue. About 12 Spark jobs, side by side.

    model_id: whose vectors are read. without: kinds of text (tag, review) that are left out. Raises BadInput where the
    lake has no vector of that encoder, or where the index would pass `max_gigabytes`; nothing is collected then.
    """
    items, documents = lake.read("silver.items"), visible(lake.read("silver.documents"))
    vectors = lake.read("silver.embeddings").where(F.col("model_id") == model_id).select("text_hash", "vector")
    _check_size(lake, items, documents, vectors, model_id, max_gigabytes)
    listed = items.select("item_id", "item_index", "title", "description", "categories", "user_count")
    listed = listed.join(lake.read("bronze.items").select("item_id", "attributes"), "item_id", "left")
    index = items.select("item_id", "item_index")
    calls = {
        "items": listed.toPandas,
        "texts": _texts(documents, index).toPandas,
        "vectors": _mean_vectors(documents, vectors, index).toPandas,
        "facts": lambda: _facts(lake, index),
    }
    with ThreadPoolExecutor(len(calls) + 2) as pool:
        waiting = {name: pool.submit(call) for name, call in calls.items()}
        frame = waiting["items"].result()
        catalogue = Catalogue.of(frame)
        als = pool.submit(_als, lake, catalogue)
        interests = pool.submit(_interests, lake, items, catalogue)
        frames = {name: one.result() for name, one in waiting.items()}
        if frames["vectors"].empty:  # the encoder has vectors, of other texts
            own = lake.read("silver.embeddings").join(documents.select("text_hash"), "text_hash", "left_semi")
            raise no_vectors(model_id, encoder_ids(own))
        fields = {name: False for name in without}
        return build_index(frames["items"], frames["texts"], frames["facts"], frames["vectors"], als.result(),
                           interests.result(), fields)  # fmt: skip


def _check_size(
    lake: Lake, items: DataFrame, documents: DataFrame, vectors: DataFrame, model_id: str, max_gigabytes: float
) -> None:
    said = documents.where("kind <> 'tag'").agg(F.sum(F.least(F.length("text"), F.lit(CHARACTERS))))
    beside = [lake.read(name) for name in ("silver.facts", "silver.item_interests") if lake.exists(name)]
    with ThreadPoolExecutor(4) as pool:
        count, characters, first, rows = pool.map(
            lambda call: call(),
            (
                items.count,
                lambda: only_row(said)[0] or 0,
                lambda: vectors.select(F.size("vector")).first(),
                lambda: sum(table.count() for table in beside),
            ),
        )
    if first is None:
        raise no_vectors(model_id, encoder_ids(lake.read("silver.embeddings")))
    expect_room(count, first[0], characters, rows, max_gigabytes)


def _texts(documents: DataFrame, index: DataFrame) -> DataFrame:
    """-> (item_index, kind, text, count): tags with the people who gave them, and the first reviews by text hash."""
    tags = (
        documents.where("kind = 'tag'")
        .groupBy("item_id", F.lower(F.trim("text")).alias("text"))
        .agg(F.countDistinct("user_id").alias("count"))
    )
    order = Window.partitionBy("item_id").orderBy("text_hash", "doc_id")
    reviews = documents.where("kind = 'review'").withColumn("place", F.row_number().over(order))
    reviews = reviews.where(F.col("place") <= REVIEWS).select(
        "item_id", F.substring("text", 1, CHARACTERS).alias("text"),
        F.count("*").over(Window.partitionBy("item_id")).alias("count"))  # fmt: skip
    both = tags.withColumn("kind", F.lit("tag")).unionByName(reviews.withColumn("kind", F.lit("review")))
    # the order of rows decides the numbering of terms, and with it the last digits of sums
    return (
        both.join(F.broadcast(index), "item_id")
        .select("item_index", "kind", "text", "count")
        .orderBy("item_index", "kind", "text")
    )


def _mean_vectors(documents: DataFrame, vectors: DataFrame, index: DataFrame) -> DataFrame:
    """-> (item_index, kind, vector): the mean over the item's texts of a kind, rounded so that no order shows."""
    texts = documents.where("kind IN ('item', 'review')").select("item_id", "kind", "text_hash")
    mean = Summarizer.mean(array_to_vector("vector")).alias("mean")
    means = texts.join(vectors, "text_hash").groupBy("item_id", "kind").agg(mean)
    rounded = F.transform(vector_to_array("mean"), lambda x: F.round(x, 7).cast("float"))
    return (
        means.join(F.broadcast(index), "item_id")
        .select("item_index", "kind", rounded.alias("vector"))
        .orderBy("item_index", "kind")
    )


def _facts(lake: Lake, index: DataFrame) -> pd.DataFrame:
    if not lake.exists("silver.facts"):
        return pd.DataFrame({"item_index": [], "predicate": [], "object": []})
    rows = lake.read("silver.facts").withColumnRenamed("subject_item_id", "item_id").join(F.broadcast(index), "item_id")
    named = rows.where(~F.col("object").rlike(r"^\d+$")).select("item_index", "predicate", "object")
    return named.orderBy("item_index", "predicate", "object").toPandas()


def _als(lake: Lake, catalogue: Catalogue):
    if not (lake.exists("models.als_item_factors") and lake.exists("models.als_fit")):
        return None
    return fold_in_als(lake.read("models.als_fit"), collect_vectors(lake.read("models.als_item_factors"), "vector",
                                                                    catalogue))  # fmt: skip


def _interests(lake: Lake, items: DataFrame, catalogue: Catalogue):
    return collect_interests(lake.read("silver.item_interests"), lake.read("silver.interests"), items, catalogue)


def gather_person(lake: Lake, person: Person, catalogue: Catalogue) -> Asker:
    """`read_asker` by Spark: two to three small jobs."""
    return read_asker(SparkRows.of_lake(lake), person.user_id, catalogue)


__all__ = ["NEEDED", "Asker", "gather_index", "gather_person"]
