"""Judged lines -> usable records and quarantine, with file and exact line; a file that is mostly bad stops the job."""

from dataclasses import dataclass, replace

import pandas as pd
from pyspark import StorageLevel
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.only_row import only_row
from ..core.present import present
from .files import InputFile, place
from .lines import whole_archives

YEARS = (1900, 2200)  # Parquet has two readings of days long before
JUDGEMENT = ("path", "block", "position", "skip", "is_header", "reason")


@dataclass(frozen=True)
class Settled:
    """What `settle` makes of judged lines: how many of each, and the frame they are read from, held in cache.

    `lines` (file, line, *columns) are the usable, None where only the quarantine counts; `quarantine` has
    (file, line, reason, day).
    """

    lines: DataFrame | None
    quarantine: DataFrame
    record_count: int
    bad_count: int
    held: DataFrame

    @property
    def records(self) -> DataFrame:
        """`lines`, where they are sure to be there."""
        return present(self.lines)

    def with_records(self, records: DataFrame | None) -> "Settled":
        """The same quarantine beside other records."""
        return replace(self, lines=records)

    def beside(self, records: DataFrame) -> "Settled":
        """Further records made from the same lines, whose quarantine is counted elsewhere."""
        return replace(self, lines=records, bad_count=0)


def settle(judged: DataFrame, files: tuple[InputFile, ...], max_share: float, header: str | None = None) -> Settled:
    """Number the lines and part the usable from the bad. Persists `judged` and runs one Spark job.

    The line of a record is its position in its block plus the lines of the file's earlier blocks. With `header`,
    every file's first line must be that header. Raises BadInput where a file's share of bad records is above
    `max_share`, where a header differs, or where a compressed file is cut off.
    """
    held = judged.persist(StorageLevel.MEMORY_AND_DISK)
    with whole_archives(files):
        blocks = (
            held.groupBy("path", "block")
            .agg(
                F.min("position").alias("first"),
                F.count(F.lit(1)).alias("lines"),
                F.sum(F.col("skip").cast("long")).alias("skipped"),
                F.count("reason").alias("bad"),
                F.min_by("is_header", "position").alias("header"),
            )
            .orderBy("path", "block")
            .collect()
        )
    names = {file.place: file.name for file in files}
    offsets, totals = [], {}
    for row in blocks:
        name = names[place(row["path"])]
        if row["block"] == 0 and header is not None and not row["header"]:
            raise BadInput.of(
                f"file {name}",
                found="another first line",
                expected=f"the header {header!r}",
                where="--input or --mapping",
            )
        lines, skipped, bad = totals.get(name, (0, 0, 0))
        offsets.append((row["path"], row["block"], row["first"] - lines - 1, name))
        totals[name] = (lines + row["lines"], skipped + row["skipped"], bad + row["bad"])
    for name, (lines, skipped, bad) in totals.items():
        _check_share(held, [path for path, _, _, at in offsets if at == name], name, bad, lines - skipped, max_share)
    numbered = held.join(F.broadcast(_frame(held, offsets)), ["path", "block"])
    line = (F.col("position") - F.col("before")).alias("line")
    kept = [column for column in held.columns if column not in JUDGEMENT]
    bad_count = sum(bad for _, _, bad in totals.values())
    return Settled(
        numbered.where("reason IS NULL AND NOT skip").select("file", line, *kept),
        numbered.where("reason IS NOT NULL").select("file", line, "reason", _day(held).alias("day")),
        sum(lines - skipped - bad for lines, skipped, bad in totals.values()),
        bad_count,
        held,
    )


def _day(held: DataFrame) -> Column:
    """The day of a record's time; null where it has none, or one that no calendar of files holds."""
    if "event_ts" not in held.columns:
        return F.lit(None).cast("date")
    return F.when(F.year("event_ts").between(*YEARS), F.to_date("event_ts"))


def _frame(held: DataFrame, offsets: list[tuple]) -> DataFrame:
    schema = "path string, block bigint, before bigint, file string"
    rows = pd.DataFrame(offsets, columns=["path", "block", "before", "file"])
    return held.sparkSession.createDataFrame(rows if len(rows) else [], schema)


def _check_share(held: DataFrame, paths: list[str], name: str, bad: int, total: int, max_share: float) -> None:
    if bad == 0 or bad <= max_share * total:
        return
    reasons = held.where(F.col("path").isin(paths) & F.col("reason").isNotNull()).groupBy("reason").count()
    most = only_row(reasons.orderBy(F.desc("count"), "reason"))
    raise BadInput.of(
        f"file {name}",
        found=f"{bad} of {total} records unusable, {most['count']} for '{most['reason']}'",
        expected=f"at most {max_share:.0%} bad records",
        where="--input, --mapping, or ingest.max_quarantine_share",
    )
