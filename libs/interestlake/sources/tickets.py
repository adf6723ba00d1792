"""The files of a support desk, as CSV -> rows with cleaned, masked texts; other lines go to quarantine."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.present import present
from ..text.clean import clean_and_mask
from .dialect import PLAIN
from .files import list_files
from .formats import csv, csv_names, first_line, require_columns
from .records import read_records
from .rules import filled, judge, number, time
from .settle import settle


@dataclass(frozen=True)
class DeskFile:
    """Usable rows (text_hash, text, and the file's columns), rows that were not, and what the caller unpersists."""

    rows: DataFrame
    quarantine: DataFrame
    held: DataFrame
    bad_count: int


def read_tickets(spark: SparkSession, path: str, max_share: float) -> DeskFile:
    """ticket_id,text,agent_id[,article_id][,solved][,timestamp] -> the same; solved in [0, 1], 1 without the column."""

    def columns(field: Callable[[str], Column | None]) -> tuple[dict[str, Column], list]:
        solved_as = field("solved")
        solved = number(solved_as) if solved_as is not None else F.lit(1.0)
        given = field("timestamp")
        event_ts = F.lit(None).cast("timestamp")
        rules = [
            (filled(present(field("agent_id"))).isNull(), "missing agent_id: expected text"),
            (~F.coalesce(solved.between(0, 1), F.lit(False)), "solved not usable: expected a number from 0 to 1"),
        ]
        if given is not None:
            event_ts = F.coalesce(time(given, "iso"), time(given, "seconds"))
            rules.append((event_ts.isNull(), "timestamp not readable: expected unix seconds or an ISO 8601 time"))
        named = field("article_id")
        article = filled(named) if named is not None else F.lit(None).cast("string")
        return {
            "agent_id": filled(present(field("agent_id"))),
            "article_id": article,
            "solved": solved,
            "event_ts": event_ts,
        }, rules

    return _read(spark, path, "ticket_id", ("agent_id",), columns, max_share, "--tickets")


def read_articles(spark: SparkSession, path: str, max_share: float) -> DeskFile:
    """article_id,text[,title] -> article_id, title (the id without one), text with the title in front."""

    def columns(field: Callable[[str], Column | None]) -> tuple[dict[str, Column], list]:
        titled = field("title")
        title = filled(titled) if titled is not None else F.lit(None).cast("string")
        return {"title": F.coalesce(title, filled(present(field("article_id"))))}, []

    return _read(spark, path, "article_id", (), columns, max_share, "--articles")


def read_new(spark: SparkSession, path: str, max_share: float) -> DeskFile:
    """ticket_id,text -> the same."""
    return _read(spark, path, "ticket_id", (), lambda field: ({}, []), max_share, "--new")


def _read(
    spark: SparkSession, path: str, key: str, needed: tuple[str, ...], columns: Callable, max_share: float, option: str
) -> DeskFile:
    file = list_files(spark, (path,))[0]
    header = first_line(spark, file, option)
    names = csv_names(header)
    require_columns(names, (key, "text", *needed), f"file {file.name}", option)

    def field(name: str) -> Column | None:
        return F.col("fields")[name] if name in names else None

    more, rules = columns(field)
    title, words, own_key = field("title"), present(field("text")), filled(present(field(key)))
    text = filled(clean_and_mask(words if title is None else F.concat_ws(". ", filled(title), words)))
    first = [(own_key.isNull(), f"missing {key}: expected text"), (text.isNull(), "no text: expected words")]
    judged = (
        read_records(spark, (file,), PLAIN, len(names))
        .transform(csv(header))
        .transform(judge({key: own_key, "text": text, **more}, [*first, *rules]))
    )
    settled = settle(judged, (file,), max_share, header)
    if not settled.record_count:
        raise BadInput.of(f"file {file.name}", found="no usable row", expected="at least one", where=option)
    rows = settled.records
    # of rows about one id the last in the file stands
    last = rows.groupBy(key).agg(F.max_by(F.struct(*(c for c in rows.columns if c != key)), F.col("line")).alias("row"))
    kept = last.select(key, "row.*").drop("file", "line").withColumn("text_hash", F.sha2("text", 256))
    return DeskFile(kept, settled.quarantine, settled.held, settled.bad_count)
