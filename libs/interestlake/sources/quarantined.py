"""Records that were set aside -> rows of bronze.quarantine."""

from collections.abc import Callable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def quarantined(source: str | None) -> Callable[[DataFrame], DataFrame]:
    """Rows (file, line, reason), and day where they have times -> bronze.quarantine of `source`. Lazy."""

    def transform(rows: DataFrame) -> DataFrame:
        day = F.col("day") if "day" in rows.columns else F.lit(None).cast("date").alias("day")
        return rows.select(F.lit(source).alias("source"), "file", "line", "reason", day)

    return transform
