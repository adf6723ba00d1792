"""Feature tables of the content model: reduced vectors of texts, pictures and sounds per item; pairs; who is held."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.ml.stat import Summarizer
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row
from ..core.present import present
from ..graph.features import fit_reduction, project

MODALITIES = ("text", "image", "audio")
LEAST_DEVIATION = 0.25  # of the largest: what hardly ever differs is not blown up to the size of what does
HASH_STEPS = 10_000


def held(key: str, share: float, seed: int) -> Column:
    """1 for about `share` of the ids in column `key`, by hash of id and seed, else 0."""
    place = F.pmod(F.xxhash64(F.col(key), F.lit(seed)), F.lit(HASH_STEPS))
    return (place < round(share * HASH_STEPS)).cast("int")


def own_text_vectors(documents: DataFrame, embeddings: DataFrame) -> DataFrame:
    """documents(item_id, text_hash, kind), embeddings of one model -> (item_id, vector): mean over its own texts. Lazy.

    Reviews are left out: an item that nobody knows has none.
    """
    return _means(
        documents.where("kind = 'item'").select("item_id", F.col("text_hash").alias("hash")),
        embeddings.select(F.col("text_hash").alias("hash"), "vector"),
    )


def media_vectors(media: DataFrame, embeddings: DataFrame) -> DataFrame:
    """Rows of silver.media of one kind, their silver.media_embeddings of one model -> (item_id, vector): mean. Lazy."""
    return _means(
        media.select("item_id", F.col("media_hash").alias("hash")),
        embeddings.select(F.col("media_hash").alias("hash"), "vector"),
    )


def _means(owned: DataFrame, vectors: DataFrame) -> DataFrame:
    typed = vectors.select("hash", array_to_vector("vector").alias("vector"))
    joined = owned.distinct().join(typed, "hash")
    means = joined.groupBy("item_id").agg(Summarizer.mean(F.col("vector")).alias("vector"))
    return means.select("item_id", vector_to_array("vector", "float32").alias("vector"))


def reduce_vectors(width: int, fitted_on: DataFrame) -> Callable[[DataFrame], DataFrame | None]:
    """(item_id, vector) -> (item_id, vector of unit length, at most `width` coordinates); None where it cannot be.

    Each coordinate is divided by its deviation over the items of `fitted_on`(item_id), then the principal components
    of those items are taken. Fewer than two of them: None. Runs five Spark jobs.
    """

    def reduce(vectors: DataFrame) -> DataFrame | None:
        fitted_rows = vectors.join(fitted_on, "item_id", "left_semi")
        if fitted_rows.limit(2).count() < 2:
            return None
        deviation = only_row(fitted_rows.agg(Summarizer.std(array_to_vector(F.col("vector")))))[0].toArray()
        scale = 1 / np.maximum(deviation, max(LEAST_DEVIATION * deviation.max(), 1e-12))

        @F.pandas_udf("array<float>")
        def scaled(column: pd.Series) -> pd.Series:
            return pd.Series(list((np.stack(column.to_numpy()) * scale).astype(np.float32)))

        even = scaled("vector").alias("vector")
        reduction = fit_reduction(fitted_rows.select("item_id", even), width)
        return vectors.select("item_id", even).transform(project(present(reduction)))

    return reduce


def content_rows(reduced: Mapping[str, DataFrame], widths: Mapping[str, int]) -> Callable[[DataFrame], DataFrame]:
    """items(item_index, item_id, held) -> models.media_features of all items; `reduced`: (item_id, vector) by name.

    A modality that is not among `reduced` has one coordinate, which is 0. Lazy.
    """

    def transform(items: DataFrame) -> DataFrame:
        joined, columns, present = items, [], []
        for name in MODALITIES:
            zeros = F.array_repeat(F.lit(0.0).cast("float"), widths.get(name, 1))
            if name in reduced:
                joined = joined.join(reduced[name].withColumnRenamed("vector", name), "item_id", "left")
                columns.append(F.coalesce(name, zeros).alias(f"{name}_vector"))
                present.append(F.col(name).isNotNull().cast("float"))
            else:
                columns.append(zeros.alias(f"{name}_vector"))
                present.append(F.lit(0.0).cast("float"))
        return joined.select("item_index", *columns, F.array(*present).alias("present"), "held")

    return transform


def content_examples(features: DataFrame, users: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """interactions -> models.media_examples: train pairs of items with content, files in key order. Lazy.

    features: models.media_features; users(user_index, held).
    """
    shown = features.where("aggregate(present, 0f, (sum, one) -> sum + one) > 0")
    items = shown.select("item_index", F.col("held").alias("item_held"))
    people = users.select("user_index", F.col("held").alias("user_held"))

    def build(interactions: DataFrame) -> DataFrame:
        trained = interactions.where("split = 'train' AND weight > 0")
        pairs = trained.join(items, "item_index").join(people, "user_index")
        used = (F.col("item_held") + F.col("user_held") == 0).cast("int").alias("used")
        rows = pairs.select("user_index", "item_index", F.col("weight").cast("float").alias("weight"), used)
        return rows.repartitionByRange("user_index", "item_index").sortWithinPartitions("user_index", "item_index")

    return build


def sampled_people(users: DataFrame, seed: int, most: int) -> Callable[[DataFrame], DataFrame]:
    """interactions -> (user_index, item_index, weight, split, user_held) of at most `most` people of each kind. Lazy.

    People are picked by hash of index and seed, those that are held out and those that are not apart.
    """
    order = F.xxhash64("user_index", F.lit(seed)), F.col("user_index")
    kinds = [users.where(F.col("held") == kind).orderBy(*order).limit(most) for kind in (0, 1)]
    picked = kinds[0].unionByName(kinds[1]).select("user_index", F.col("held").alias("user_held"))

    def build(interactions: DataFrame) -> DataFrame:
        rows = interactions.select("user_index", "item_index", F.col("weight").cast("float").alias("weight"), "split")
        return rows.join(F.broadcast(picked), "user_index")

    return build
