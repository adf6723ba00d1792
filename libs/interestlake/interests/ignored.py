"""Names that are no interest, whoever gives them: how an item is shown, or that nothing is known of it."""

from collections.abc import Callable, Sequence

import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from .spelling import spelling_key


def is_ignored(ignore: Sequence[str]) -> Callable[[Column], Column]:
    """Whether a name is one of `ignore`, in any spelling of `spelling_key`; a null is none."""
    keys = frozenset(map(spelling_key, ignore))

    @F.pandas_udf("boolean")
    def among(names: pd.Series) -> pd.Series:
        return names.map(lambda name: isinstance(name, str) and spelling_key(name) in keys).astype(bool)

    return among if keys else lambda name: F.lit(False)


def without_ignored(ignore: Sequence[str]) -> Callable[[DataFrame], DataFrame]:
    """candidates(item_id, kind, name, score) -> without the categories, tags and keywords of these names. Lazy."""
    return lambda candidates: candidates.where((F.col("kind") == "topic") | ~is_ignored(ignore)(F.col("name")))
