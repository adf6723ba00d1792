"""Lines -> records: a line break inside quotes belongs to its field (RFC 4180)."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import pandas as pd
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .dialect import Dialect
from .files import InputFile, place
from .lines import read_lines, whole_archives

LINE = "path string, block bigint, position bigint, text string, fault string"
NEVER_CLOSED = "broken CSV: a quote is opened and not closed"
MAX_LINES = 2_000  # of one record; a quote that is open for longer is a stray one
Line = tuple[str, int, int, str, str | None]


def read_records(spark: SparkSession, files: tuple[InputFile, ...], dialect: Dialect, fields: int) -> DataFrame:
    """`read_lines`, with each record of `fields` fields whole at its first line; its other lines are left empty.

    One Spark job looks for files where a line has an odd quote; only these are put together, each by one task.
    Elsewhere a record is one line, read wherever Spark cuts the file. The result is lazy.
    """
    lines = read_lines(spark, files, dialect.fallback, dialect.encoding)
    if not dialect.quote:
        return lines
    text = F.col("text")
    if dialect.escape:
        text = F.replace(text, F.lit(dialect.escape + dialect.escape), F.lit(""))
        text = F.replace(text, F.lit(dialect.escape + dialect.quote), F.lit(""))
    quotes = F.length(text) - F.length(F.replace(text, F.lit(dialect.quote), F.lit("")))
    with whole_archives(files):
        odd = {place(row["path"]) for row in lines.where(quotes % 2 == 1).select("path").distinct().collect()}
    if not odd:
        return lines
    broken = tuple(file for file in files if file.place in odd)
    ordered = read_lines(spark, broken, dialect.fallback, dialect.encoding, spread=False)
    ordered = ordered.repartition(len(broken), "path")
    whole = ordered.sortWithinPartitions("path", "block", "position").mapInPandas(_gluer(dialect, fields), LINE)
    rest = tuple(file for file in files if file.place not in odd)
    return whole.unionByName(read_lines(spark, rest, dialect.fallback, dialect.encoding)) if rest else whole


def _gluer(dialect: Dialect, fields: int) -> Callable[[Iterator[pd.DataFrame]], Iterator[pd.DataFrame]]:
    names = ["path", "block", "position", "text", "fault"]

    def glue(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        rows = chain.from_iterable(batch[names].itertuples(index=False, name=None) for batch in batches)
        made = []
        for row in glued(rows, dialect, fields):
            made.append(row)
            if len(made) == 4096:
                yield pd.DataFrame(made, columns=names)
                made = []
        yield pd.DataFrame(made, columns=names).astype({"block": "int64", "position": "int64"})

    return glue


def glued(lines: Iterable[Line], dialect: Dialect, fields: int) -> Iterator[Line]:
    """Lines in order -> as many, a record of several in its first, the others empty.

    Where an opened quote does not close, or closes to another number of fields than `fields`, its line alone is at
    fault, and the lines after it are read afresh.
    """
    source, waiting = iter(lines), deque()

    def following() -> Line | None:
        return waiting.popleft() if waiting else next(source, None)

    while (line := following()) is not None:
        if not dialect.stays_open(line[3]):
            yield line
            continue
        taken, closed = [], False
        while not closed and len(taken) < MAX_LINES and (more := following()) is not None:
            taken.append(more)
            if more[0] != line[0]:
                break
            # a line that begins inside quotes is one that begins with a quote
            closed = not dialect.stays_open(dialect.quote + more[3])
        whole = "\n".join([line[3], *(more[3] for more in taken)])
        if closed and len(dialect.split(whole) or ()) == fields:
            yield (*line[:3], whole, next((one[4] for one in (line, *taken) if one[4]), None))
            yield from ((*more[:3], "", None) for more in taken)
        else:
            waiting.extendleft(reversed(taken))
            yield (*line[:4], line[4] or NEVER_CLOSED)
