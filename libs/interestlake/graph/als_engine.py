"""Which engine factorises: Spark's ALS for any size, the library `implicit` where the pairs fit one executor."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark.ml.recommendation import ALSModel
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lineage import cut
from ..core.only_row import only_row
from ..core.params.all import Als
from ..core.storage import jvm
from ..interactions.batch import UserBatch
from ..models.implicit_als import fit_implicit_als
from .als import fit_als
from .als_plan import AlsFit, plan_fit

ROWS_AT_ONCE = 2048
PEOPLE, ITEMS = 0, 1
ROWS_SCHEMA = "side int, id int, features array<float>"


def plan_for(params: Als) -> Callable[[DataFrame], AlsFit]:
    """interactions(user_index, item_index, ...), one row per pair -> `plan_fit` of their size. Runs one Spark job."""

    def plan(interactions: DataFrame) -> AlsFit:
        sizes = interactions.agg(
            F.count("*").alias("pairs"),
            F.countDistinct("user_index").alias("people"),
            F.countDistinct("item_index").alias("items"),
        )
        return plan_fit(params, **only_row(sizes).asDict())

    return plan


def fit_with(plan: AlsFit, params: Als, seed: int) -> Callable[[DataFrame], ALSModel]:
    """interactions(user_index int, item_index int, weight in [0,1]) -> ALSModel of the planned engine.

    Both engines give Spark's model: vectors for the people and items of the pairs alone, NaN for anybody else, and a
    person's vector is the one that `FoldInAls` of the plan solves from the pairs. Runs Spark jobs.
    """
    if plan.engine == "spark":
        return fit_als(params, seed)

    def fit(interactions: DataFrame) -> ALSModel:
        pairs = interactions.select("user_index", "item_index", F.col("weight").cast("float").alias("weight"))
        # one partition, so one task on one executor; the checkpoint keeps the fit from being run once per table
        rows = cut(pairs.repartition(1).mapInPandas(_factorised(plan, params, seed), ROWS_SCHEMA))
        return _model(params.rank, _side(rows, PEOPLE), _side(rows, ITEMS))

    return fit


def _factorised(plan: AlsFit, params: Als, seed: int) -> Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]:
    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        parts = [[frame[name].to_numpy() for name in ("user_index", "item_index", "weight")] for frame in frames]
        if not parts:
            return
        users, items, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
        (people, row), (catalogue, column) = (np.unique(ids, return_inverse=True) for ids in (users, items))
        order = np.lexsort((column, row))  # batches arrive in any order, sums run in this one
        flat = (weights[order], (row[order], column[order]))
        matrix = sp.csr_matrix(flat, (len(people), len(catalogue)), dtype=np.float32)
        scorer = fit_implicit_als("als", matrix, params.rank, params.iterations, plan.regularization, plan.alpha, seed)
        for start in range(0, len(people), ROWS_AT_ONCE):
            history = matrix[start : start + ROWS_AT_ONCE]
            vectors = scorer.user_vectors(UserBatch(history, history, history, {}))
            yield _rows(PEOPLE, people[start : start + ROWS_AT_ONCE], vectors)
        for start in range(0, len(catalogue), ROWS_AT_ONCE):
            span = slice(start, start + ROWS_AT_ONCE)
            yield _rows(ITEMS, catalogue[span], scorer.item_vectors[span])

    return run


def _side(rows: DataFrame, side: int) -> DataFrame:
    # a new alias is a column of its own: the model joins both sides, which come from one frame
    return rows.where(F.col("side") == side).select(F.col("id").alias("id"), F.col("features").alias("features"))


def _rows(side: int, ids: np.ndarray, vectors: np.ndarray) -> pd.DataFrame:
    features = list(vectors.astype(np.float32))
    return pd.DataFrame({"side": np.full(len(ids), side, np.int32), "id": ids.astype(np.int32), "features": features})


def _model(rank: int, people: DataFrame, items: DataFrame) -> ALSModel:
    """Spark's own model around factors (id, features), so that both engines save, load and predict alike."""
    java = jvm(people.sparkSession).org.apache.spark.ml.recommendation.ALSModel
    model = ALSModel(java("ALS_implicit", rank, people._jdf, items._jdf))
    return model.setUserCol("user_index").setItemCol("item_index").setColdStartStrategy("nan")
