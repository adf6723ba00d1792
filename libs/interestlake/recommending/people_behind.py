"""How many people the present fusion weights of a segment rest on: those of validation, and of every refit since."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .fuse import SEGMENTS

WEIGHTS = "models.fusion_weights"
RESTS_ON = "rests_on"  # figure of a refit: people its weights count for, per segment


def validation_people(pairs: DataFrame, cold_history: int) -> dict[str, float]:
    """pairs(user_index, split) -> people with validation pairs per segment of their train history. One Spark job."""
    per_person = pairs.groupBy("user_index").agg(
        F.count_if(F.col("split") == "train").alias("history"), F.count_if(F.col("split") == "validation").alias("held")
    )
    segment = F.when(F.col("history") < cold_history, "cold").otherwise("warm")
    rows = per_person.where("held > 0").groupBy(segment.alias("segment")).count().collect()
    return dict.fromkeys(SEGMENTS, 0.0) | {row["segment"]: float(row["count"]) for row in rows}


def rested_by_refit(stages: DataFrame | None, version: int, stage: str) -> dict[str, float] | None:
    """ops.stages -> what the refit noted that wrote `version` of the weights; None where another stage wrote them.

    One Spark job over the refits' rows.
    """
    if stages is None:
        return None
    # a written table stands among the rows, one that was only read does not
    wrote = (F.col("stage") == stage) & F.col("rows")[WEIGHTS].isNotNull() & (F.col("versions")[WEIGHTS] == version)
    row = stages.where(wrote).select("metrics").first()
    if row is None:
        return None
    return {segment: row["metrics"][f"{RESTS_ON}.{segment}"] for segment in SEGMENTS}
