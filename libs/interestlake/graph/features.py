"""Feature tables of the two-tower model: reduced text vectors, graph vectors, and the train pairs in key order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyspark import TaskContext
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.ml.stat import Summarizer
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row
from ..core.present import present

VISIBLE_SPLITS = ("train", "all")
SCATTERS = 32


def mean_text_vectors(documents: DataFrame, embeddings: DataFrame) -> DataFrame:
    """documents(item_id, text_hash, split), embeddings(text_hash, vector) of ONE model -> (item_id, vector).

    The mean of the vectors of an item's texts that no split hides; items without such a text have no row. Lazy.
    """
    visible = documents.where(F.col("split").isin(*VISIBLE_SPLITS)).select("item_id", "text_hash")
    vectors = embeddings.select("text_hash", array_to_vector("vector").alias("vector"))
    means = visible.join(vectors, "text_hash").groupBy("item_id").agg(Summarizer.mean(F.col("vector")).alias("vector"))
    return means.select("item_id", vector_to_array("vector", "float32").alias("vector"))


@dataclass(frozen=True)
class TextReduction:
    """What the reduction learned: `mean` (width,) and `axes` (width, dimension), float64."""

    mean: np.ndarray
    axes: np.ndarray

    @property
    def dimension(self) -> int:
        return self.axes.shape[1]


def fit_reduction(vectors: DataFrame, dimension: int) -> TextReduction | None:
    """(item_id, vector) -> principal components (Pearson, 1901), each axis with its largest entry positive.

    Fewer axes than `dimension` where the vectors are narrower. None for fewer than two vectors, which leave nothing to
    tell apart. Runs three small Spark jobs; SCATTERS width x width scatter matrices at most reach the driver (384 x 384
    for MiniLM: 38 MB), which solves their sum. Not by Spark's PCA (3.5.9): on the same 80 rows its axes from the third
    on were others in one fit of four.
    """
    if vectors.limit(2).count() < 2:
        return None
    mean = only_row(vectors.agg(Summarizer.mean(array_to_vector(F.col("vector")))))[0].toArray()

    def scatter(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        total, rows = np.zeros((len(mean), len(mean))), 0
        for frame in frames:
            rows += len(frame)
            centred = np.stack(frame["vector"].to_numpy()).astype(np.float64) - mean
            total += centred.T @ centred
        if rows:
            yield pd.DataFrame({"part": [present(TaskContext.get()).partitionId()], "sum": [total.tobytes()]})

    # as many parts however many partitions a cluster's session has, and the same rows in each, in one order
    spread = vectors.select("item_id", "vector").repartition(SCATTERS, "item_id").sortWithinPartitions("item_id")
    parts = spread.select("vector").mapInPandas(scatter, "part int, sum binary").toPandas().sort_values("part")
    whole = sum(np.frombuffer(part).reshape(len(mean), len(mean)) for part in parts["sum"])
    axes = np.linalg.eigh(whole)[1][:, ::-1][:, :dimension]
    strongest = np.abs(axes).argmax(axis=0)
    return TextReduction(mean, axes * np.sign(axes[strongest, np.arange(axes.shape[1])]))


def project(reduction: TextReduction) -> Callable[[DataFrame], DataFrame]:
    """(item_id, vector) -> (item_id, vector): centred, in the coordinates of the axes, of unit length. Lazy."""
    mean, axes = reduction.mean, reduction.axes

    @F.pandas_udf("array<float>")
    def reduce(column: pd.Series) -> pd.Series:
        reduced = (np.stack(column.to_numpy()) - mean) @ axes
        norms = np.linalg.norm(reduced, axis=1, keepdims=True)
        return pd.Series(list((reduced / np.maximum(norms, 1e-12)).astype(np.float32)))

    return lambda vectors: vectors.select("item_id", reduce("vector").alias("vector"))


def _zeros(width: int):
    return F.array_repeat(F.lit(0.0).cast("float"), width)


def item_features(
    items: DataFrame, text: DataFrame | None, graph: DataFrame, text_width: int, graph_width: int
) -> DataFrame:
    """items(item_id, item_index), text(item_id, vector) or None, graph(item_id, vector) -> models.item_features rows.

    One row per item; zeros stand where an item has no text or no graph vector. Lazy.
    """
    text_column = _zeros(text_width) if text is None else F.coalesce("text.vector", _zeros(text_width))
    joined = items.join(graph.alias("graph"), "item_id", "left")
    if text is not None:
        joined = joined.join(text.alias("text"), "item_id", "left")
    return joined.select(
        "item_index",
        text_column.alias("text_vector"),
        F.coalesce("graph.vector", _zeros(graph_width)).alias("graph_vector"),
    )


def user_features(
    users: DataFrame, train: DataFrame, items: DataFrame, graph: DataFrame, text_width: int, graph_width: int
) -> DataFrame:
    """users(user_id, user_index), train pairs(user_index, item_index, weight), item features, graph(user_id, vector).

    -> models.user_features rows: the weighted mean of the text vectors of a person's train items; zeros without a pair
    of positive weight. Lazy.
    """
    texts = items.select("item_index", array_to_vector("text_vector").alias("vector"))
    mean = Summarizer.mean(F.col("vector"), F.col("weight"))
    tastes = train.where("weight > 0").join(texts, "item_index").groupBy("user_index").agg(mean.alias("vector"))
    tastes = tastes.select("user_index", vector_to_array("vector", "float32").alias("text_vector"))
    return (
        users.join(graph.alias("graph"), "user_id", "left")
        .join(tastes, "user_index", "left")
        .select(
            "user_index",
            F.coalesce("text_vector", _zeros(text_width)).alias("text_vector"),
            F.coalesce("graph.vector", _zeros(graph_width)).alias("graph_vector"),
        )
    )


def training_examples(interactions: DataFrame) -> DataFrame:
    """interactions -> models.training_examples rows of the train split, laid out so that files follow key order. Lazy.

    Adaptive execution sizes the files: a feed's batches are cut by row, wherever a file ends.
    """
    return (
        interactions.where("split = 'train'")
        .select("user_index", "item_index", F.col("weight").cast("float").alias("weight"))
        .repartitionByRange("user_index", "item_index")
        .sortWithinPartitions("user_index", "item_index")
    )
