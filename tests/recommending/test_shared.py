"""A recommender that tasks share: read by every task, of scorers from elsewhere too; gone when it is let go."""

import mmap

import numpy as np
import pandas as pd

from interestlake.models.popularity import Popularity
from interestlake.recommending.shared import SharedRecommender

from .given import small_recommender


class Backwards(Popularity):
    """A scorer that no room of the package holds."""

    def score(self, batch) -> np.ndarray:
        return (1.0 / (1.0 + super().score(batch))).astype(np.float32)


def lies_in_a_file(array: np.ndarray) -> bool:
    """Whether an array's memory is that of a mapped file."""
    while isinstance(array, np.ndarray) and not isinstance(array, np.memmap):
        array = array.base
    return isinstance(array, np.memmap | mmap.mmap)


def test_tasks_read_what_the_driver_wrote(spark):
    counts = np.array([5, 1, 4, 2], np.float32)
    made = small_recommender((Backwards("popularity", counts),), [1.0], {"popularity": "popular"}, counts)
    shared = SharedRecommender(spark, made)

    def counted(frames):
        for frame in frames:
            one = shared.value
            assert one is shared.value and lies_in_a_file(one.user_counts)
            yield pd.DataFrame(
                {"kind": [type(one.scorers[0]).__name__] * len(frame), "sum": float(one.user_counts.sum())}
            )

    rows = spark.range(6, numPartitions=3).mapInPandas(counted, "kind string, sum double").collect()
    assert {(row["kind"], row["sum"]) for row in rows} == {("Backwards", 12.0)} and len(rows) == 6
    assert shared.file.is_file()
    shared.destroy()
    assert not shared.file.parent.exists()
