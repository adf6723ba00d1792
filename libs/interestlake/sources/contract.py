"""What every loader is given and gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from .settle import Settled

EVENT_COLUMNS = "user_id string, item_id string, event_type string, value double, text string, event_ts timestamp"
ITEM_COLUMNS = (
    "item_id string, title string, description string, categories array<string>, attributes map<string,string>, "
    "image_url string"
)
NUMBERED = "file string, line bigint"
SCHEMAS = {
    "events": f"{NUMBERED}, {EVENT_COLUMNS}",
    "items": f"{NUMBERED}, {ITEM_COLUMNS}",
    "friends": f"{NUMBERED}, user_id string, friend_id string",
    "facts": f"{NUMBERED}, subject string, predicate string, object string, subject_item_id string",
    "quarantine": f"{NUMBERED}, reason string, day date",
}


@dataclass(frozen=True)
class Request:
    """What a loader may know: where the input lies and how strict to be; `lake_root` and `seed` are for the sample."""

    spark: SparkSession
    inputs: tuple[str, ...] = ()
    mapping: str | None = None
    max_quarantine_share: float = 0.5
    lake_root: str = ""
    seed: int = 42
    sample_users: int = 300


@dataclass(frozen=True)
class Loaded:
    """One source, read: user ids still as in the source, equal records still in, file and line on every record.

    `truth` maps a truth table's name to its rows. `held` are the cached frames behind the others: the caller
    unpersists them when everything is written. `event_count` counts events with equal records. `notes`: what a
    person should hear of this load.
    """

    events: DataFrame
    items: DataFrame
    friends: DataFrame
    facts: DataFrame
    quarantine: DataFrame
    event_count: int
    bad_count: int
    truth: dict[str, DataFrame] = field(default_factory=dict)
    held: tuple[DataFrame, ...] = ()
    notes: tuple[str, ...] = ()


def collect_groups(spark: SparkSession, **groups: list[Settled]) -> Loaded:
    """Settled groups by table ("events", "items", ...) -> Loaded; a table without a group is empty. Lazy."""
    frames = {
        name: _union(spark, [part.lines for part in groups.get(name, []) if part.lines is not None], schema)
        for name, schema in SCHEMAS.items()
    }
    settled = [part for parts in groups.values() for part in parts]
    frames["quarantine"] = _union(spark, [part.quarantine for part in settled if part.bad_count], SCHEMAS["quarantine"])
    return Loaded(
        events=frames["events"],
        items=frames["items"],
        friends=frames["friends"],
        facts=frames["facts"],
        quarantine=frames["quarantine"],
        event_count=sum(part.record_count for part in groups.get("events", [])),
        bad_count=sum(part.bad_count for part in settled),
        held=tuple(part.held for part in settled),
    )


def _union(spark: SparkSession, parts: list[DataFrame], schema: str) -> DataFrame:
    if not parts:
        return spark.createDataFrame([], schema)
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.unionByName(part)
    return whole


def completed(section: str) -> Callable[[DataFrame], DataFrame]:
    """Rows with some of a section's columns -> with all and no other; those that they lack null, lists empty. Lazy."""
    kinds = dict(column.split(" ", 1) for column in SCHEMAS[section].split(", "))

    def nothing(kind: str) -> Column:
        empty = {"array": F.array, "map": F.create_map}.get(kind.split("<")[0], lambda: F.lit(None))
        return empty().cast(kind)

    def transform(rows: DataFrame) -> DataFrame:
        lacking = {name: nothing(kind) for name, kind in kinds.items() if name not in rows.columns}
        return rows.withColumns(lacking).select(*kinds)

    return transform


def keep_best(keys: tuple[str, ...], best: Callable[[DataFrame], list[Column]]) -> Callable[[DataFrame], DataFrame]:
    """Rows with file and line -> one row per key, the least by `best`, then by (file, line).

    Where `best` tells any two contents apart, the same stays whatever the files' names and order. Lazy, one shuffle.
    """

    def transform(rows: DataFrame) -> DataFrame:
        others = [name for name in rows.columns if name not in keys]
        order = [column.alias(f"best_{n}") for n, column in enumerate(best(rows))]
        first = rows.groupBy(*keys).agg(F.min_by(F.struct(*others), F.struct(*order, "file", "line")).alias("first"))
        return first.select(*keys, *(F.col(f"first.{name}").alias(name) for name in others))

    return transform


def fullest(rows: DataFrame) -> list[Column]:
    """For `keep_best`: the item that says most comes first, by filled fields, then by length, then by a hash."""
    fields = {name: kind for name, kind in rows.dtypes if name not in ("file", "line")}
    sized = [F.size(name) if kind.startswith(("array", "map")) else F.col(name).isNotNull().cast("int")
             for name, kind in fields.items()]  # fmt: skip
    texts = [F.coalesce(F.length(name), F.lit(0)) for name, kind in fields.items() if kind == "string"]
    return [-sum(sized, F.lit(0)), -sum(texts, F.lit(0)), F.xxhash64(F.to_json(F.struct(*fields)))]
