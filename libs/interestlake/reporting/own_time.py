"""How a person's interests went over their own time: items per interval, and the words for the direction."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .content import Missing

BUCKETS = 12
SHOWN = 8
WIDE, HIGH = 240, 56
ARROWS = {"rising": "↗", "steady": "→", "fading": "↘", "seasonal": "∿"}


@dataclass(frozen=True)
class Course:
    """One interest's items per interval of equal length; `line` and `area` are SVG paths on (WIDE, HIGH)."""

    interest_id: str
    name: str
    group: int
    trend: str | None
    slope: str | None
    counts: tuple[int, ...]
    peak: int
    line: str
    area: str


@dataclass(frozen=True)
class Courses:
    first_day: str
    last_day: str
    courses: tuple[Course, ...]


def read_courses(own: list[dict], carried: DataFrame, history: DataFrame, groups: dict[str, int]) -> Courses | Missing:
    """own: rows of `collect_interests`; carried: silver.item_interests; history(item_id, liking, first_ts).

    Items of the person per interval (BUCKETS of equal length between the first and the last item) and interest, for the
    SHOWN interests of largest share that are no topics. One Spark job, at most BUCKETS x SHOWN rows and two edges.
    """
    shown = sorted((r for r in own if r["kind"] != "topic"), key=lambda r: (-r["share"], r["interest_id"]))[:SHOWN]
    edges = history.agg(
        F.unix_timestamp(F.min("first_ts")).alias("a"), F.unix_timestamp(F.max("first_ts")).alias("b"),
        F.date_format(F.min("first_ts"), "yyyy-MM-dd").alias("first"),
        F.date_format(F.max("first_ts"), "yyyy-MM-dd").alias("last"),
    ).first()  # fmt: skip
    if not shown or edges["a"] is None or edges["b"] <= edges["a"]:
        return Missing("No course over time: the source keeps no times, or everything happened at once.")
    ids = [row["interest_id"] for row in shown]
    span = (edges["b"] - edges["a"]) / BUCKETS
    bucket = F.least(F.floor((F.unix_timestamp("first_ts") - edges["a"]) / span), F.lit(BUCKETS - 1)).cast("int")
    dated = F.broadcast(history.select("item_id", bucket.alias("bucket")))
    rows = carried.where(F.col("interest_id").isin(ids)).join(dated, "item_id").groupBy("interest_id", "bucket").count()
    counts: dict[str, list[int]] = {name: [0] * BUCKETS for name in ids}
    for row in rows.collect():
        counts[row["interest_id"]][row["bucket"]] = row["count"]
    courses = tuple(_course(row, counts[row["interest_id"]], groups.get(row["interest_id"], -1)) for row in shown)
    return Courses(edges["first"], edges["last"], courses)


def _course(row: dict, counts: list[int], group: int) -> Course:
    peak = max(counts)
    step = WIDE / (BUCKETS - 1)
    points = [(round(i * step, 1), round(HIGH - 4 - (HIGH - 12) * n / max(peak, 1), 1)) for i, n in enumerate(counts)]
    line = "M" + "L".join(f"{x:g} {y:g}" for x, y in points)
    slope = None
    if row.get("slope") is not None:
        error = f" ± {row['slope_error']:.2f}" if row.get("slope_error") is not None else ""
        slope = f"slope {row['slope']:+.2f}{error}"
    trend = row.get("trend") if row.get("trend") != "unknown" else None
    return Course(
        row["interest_id"],
        row["name"],
        group,
        trend,
        slope,
        tuple(counts),
        peak,
        line,
        f"{line}L{WIDE} {HIGH}L0 {HIGH}Z",
    )
