"""How many people the present fusion weights of a segment rest on: those of validation, and of every refit since."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .chosen_tables import WEIGHTS
from .segments import SEGMENT_NAMES, SEGMENTS

RESTS_ON = "rests_on"  # figure of a refit: people its weights count for, per segment


def validation_people(pairs: DataFrame) -> dict[str, float]:
    """pairs(user_index, split) -> people with validation pairs per segment of their train history. One Spark job."""
    per_person = pairs.groupBy("user_index").agg(
        F.count_if(F.col("split") == "train").alias("history"), F.count_if(F.col("split") == "validation").alias("held")
    )
    segment = F.lit(SEGMENT_NAMES[-1])
    for edge, name in reversed(list(zip(SEGMENTS, SEGMENT_NAMES, strict=False))):
        segment = F.when(F.col("history") < edge, name).otherwise(segment)
    rows = per_person.where("held > 0").groupBy(segment.alias("segment")).count().collect()
    return dict.fromkeys(SEGMENT_NAMES, 0.0) | {row["segment"]: float(row["count"]) for row in rows}


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
    return {segment: row["metrics"][f"{RESTS_ON}.{segment}"] for segment in SEGMENT_NAMES}
