"""Feedback on what was shown, as CSV -> rows with pseudonyms; a file with a row that says nothing usable is refused."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.only_row import only_row
from ..core.storage import filesystem
from ..privacy.identity import Origin
from ..privacy.pseudonyms import pseudonymise
from .bronze import prefixed
from .dialect import PLAIN
from .files import InputFile
from .formats import Transform, csv, csv_names, first_line, require_columns
from .records import read_records
from .rules import filled, judge, number, time
from .settle import Settled, settle

WANTED = ("user_id", "item_id")
OPTION = "--feedback"


def read_feedback(
    spark: SparkSession, path: str, sources: Sequence[tuple[Origin, bytes]]
) -> tuple[DataFrame, DataFrame]:
    """user_id,item_id[,weight][,timestamp], plain or .gz -> (user_id, item_id, weight, event_ts, line), cached lines.

    user_id and item_id are the lake's: the pseudonym under the key of the only one of `sources`, or of the one that a
    column `source` names, which several sources of other people or items need; weight >= 0, 1 where there is no such
    column; event_ts UTC from unix seconds or ISO 8601, null without the column; line counts from 1, the header. Other
    columns are ignored. The second frame is what the caller unpersists. Runs three Spark jobs. Raises BadInput for a
    file that is missing or empty, without one of the columns, or with a row that breaks a rule: then with the first
    such line.
    """
    file = _file(spark, path)
    header = first_line(spark, file, OPTION)
    names = csv_names(header)
    require_columns(names, WANTED, f"file {file.name}", OPTION)
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        found = f"more than one column {', '.join(twice)}"
        raise BadInput.of(f"file {file.name}", found=found, expected="each name once", where=OPTION)
    told = _sources_told(sources, names, file.name)
    records = read_records(spark, (file,), PLAIN, len(names)).transform(csv(header))
    judged = records.transform(_judge_feedback(names, told))
    settled = settle(judged, (file,), max_share=1.0)
    try:
        _refuse_bad(settled, file.name)
    except BadInput:
        settled.held.unpersist()
        raise
    rows = settled.records.drop("file")
    if not told:
        return rows.transform(_as_in_lake(*sources[0])), settled.held
    parts = [rows.where(F.col("source") == origin.source).drop("source").transform(_as_in_lake(origin, key))
             for origin, key in sources]  # fmt: skip
    return reduce(DataFrame.unionByName, parts), settled.held


def _as_in_lake(origin: Origin, key: bytes) -> Transform:
    return lambda rows: rows.transform(pseudonymise("user_id", people=origin.people, key=key)).transform(
        prefixed(origin, "item_id"))  # fmt: skip


def _sources_told(sources: Sequence[tuple[Origin, bytes]], names: tuple[str, ...], file: str) -> tuple[str, ...]:
    """The names that the column `source` may hold; none where there is nothing to tell apart."""
    if len({(origin.people, origin.item_prefix, key) for origin, key in sources}) == 1:
        return ()
    known = tuple(origin.source for origin, _ in sources)
    if "source" not in names:
        found = f"ids of {', '.join(known) or 'no source'} that nothing tells apart"
        raise BadInput.of(f"file {file}", found=found, expected="a column source that names one", where=OPTION)
    return known


def _file(spark: SparkSession, path: str) -> InputFile:
    fs, address = filesystem(spark, path)
    if not fs.exists(address) or not fs.getFileStatus(address).isFile():
        raise BadInput.of(f"file {path}", found="no file there", expected="a CSV file", where=OPTION)
    status = fs.getFileStatus(address).getPath()
    return InputFile(status.toString(), status.getName())


def _judge_feedback(names: tuple[str, ...], sources: tuple[str, ...]) -> Transform:
    """Fielded lines -> judged rows (user_id, item_id, weight, event_ts), and source where there are `sources`."""
    fields = {name: F.col("fields")[name] for name in names}
    user_id, item_id = filled(fields["user_id"]), filled(fields["item_id"])
    rules = [
        (user_id.isNull(), "missing user_id: expected text"),
        (item_id.isNull(), "missing item_id: expected text"),
    ]
    weight, event_ts = F.lit(1.0), F.lit(None).cast("timestamp")
    if "weight" in fields:
        weight = number(fields["weight"])
        rules += [
            (weight.isNull(), "weight not a number: expected a number >= 0 (0 = shown and not liked)"),
            (weight < 0, "negative weight: expected a number >= 0 (0 = shown and not liked)"),
        ]
    if "timestamp" in fields:
        event_ts = F.coalesce(time(fields["timestamp"], "iso"), time(fields["timestamp"], "seconds"))
        rules.append((event_ts.isNull(), "timestamp not readable: expected unix seconds or an ISO 8601 time"))
    columns = {"user_id": user_id, "item_id": item_id, "weight": weight, "event_ts": event_ts}
    if sources:
        columns["source"] = filled(fields["source"])
        known = F.coalesce(columns["source"].isin(*sources), F.lit(False))
        rules.append((~known, f"unknown source: expected one of {', '.join(sources)}"))
    return judge(columns, rules)


def _refuse_bad(settled: Settled, name: str) -> None:
    if settled.bad_count:
        first = only_row(settled.quarantine.orderBy("line"))
        reason, _, expected = first["reason"].partition(": expected ")
        others = f" (the first of {settled.bad_count} such rows)" if settled.bad_count > 1 else ""
        found = f"line {first['line']}: {reason}{others}"
        raise BadInput.of(f"file {name}", found=found, expected=expected, where=OPTION)
    if settled.record_count == 0:
        raise BadInput.of(f"file {name}", found="a header and no row", expected="at least one row", where=OPTION)
