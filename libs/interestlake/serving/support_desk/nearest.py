"""The nearest of many vectors for each of a bounded number of questions: exact, blockwise, on executors."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
from pyspark import Broadcast
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

BLOCK_ROWS = 512
DECIMALS = 6  # cosines are compared after rounding, so that the cut of blocks decides no tie


def nearest(questions: Broadcast, count: int) -> Callable[[DataFrame], DataFrame]:
    """(id, vector of unit length) -> (question int, id, cosine), the `count` nearest of each question. Lazy.

    questions: broadcast (Q, d) float32 of unit length; `question` is its row. Ties go to the smaller id. Each task
    holds Q x count of its own best, and one block of Q x 512 cosines.
    """

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        asked, ids = questions.value, []
        best = np.empty((len(asked), 0)), np.empty((len(asked), 0), np.int64)
        for frame in frames:
            for start in range(0, len(frame), BLOCK_ROWS):
                part = frame.iloc[start : start + BLOCK_ROWS]
                best = merged(best, asked, np.stack(part["vector"].to_numpy()), len(ids), count)
                ids.extend(part["id"])
        if ids:
            yield pd.DataFrame(
                {
                    "question": np.repeat(np.arange(len(asked), dtype=np.int32), best[0].shape[1]),
                    "id": np.array(ids, object)[best[1].ravel()],
                    "cosine": best[0].ravel(),
                }
            )

    def transform(vectors: DataFrame) -> DataFrame:
        # in the order of ids, so that of equal cosines the first that is met is the smaller id
        ordered = vectors.select("id", "vector").sortWithinPartitions("id")
        rows = ordered.mapInPandas(run, "question int, id string, cosine double")
        order = Window.partitionBy("question").orderBy(F.desc("cosine"), "id")
        return rows.withColumn("place", F.row_number().over(order)).where(F.col("place") <= count).drop("place")

    return transform


def merged(best: tuple, asked: np.ndarray, vectors: np.ndarray, first: int, count: int) -> tuple:
    """(cosines, rows) of the best so far, each (Q, at most count), and a block from row `first` on -> the best of both.

    Of equal cosines the earlier row is better.
    """
    cosine = np.round((asked @ vectors.T).astype(np.float64), DECIMALS)  # (Q, d) x (d, rows) -> (Q, rows)
    rows = np.broadcast_to(np.arange(first, first + len(vectors)), cosine.shape)
    values, rows = np.concatenate([best[0], cosine], axis=1), np.concatenate([best[1], rows], axis=1)
    order = np.argsort(-values, axis=1, kind="stable")[:, :count]
    return np.take_along_axis(values, order, axis=1), np.take_along_axis(rows, order, axis=1)
