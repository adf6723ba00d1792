"""`interestlake maintain`: what the files of a lake are like, and what was done about them."""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from logging import Logger

from pyspark.sql import SparkSession

from ..core.config import JOURNAL, ROLLBACK, RunOptions
from ..core.counted import counted
from ..core.lake import Lake
from ..core.params.all import Params
from ..core.stage import expect_lake
from ..stages.maintain import HEAD, files_by_table, line


def show(arguments: argparse.Namespace, spark: SparkSession, params: Params, options: RunOptions, log: Logger) -> None:
    """Print the files of every table; nothing is written."""
    lake = Lake(spark, options.lake)
    expect_lake(lake)
    size = params.maintain.file_megabytes
    print("\n".join([HEAD, *(line(name, files, size) for name, files in files_by_table(lake).items())]))


def closing(figures: Mapping[str, float], params: Params) -> str:
    """What was done."""
    tables, compacted = counted(figures["tables"], "table"), counted(figures["compacted"], "table")
    files = f"{figures['files_before']:.0f} files became {figures['files_after']:.0f}"
    freed = f"{figures['megabytes_freed']:.1f} MB of old versions deleted"
    kept = f"versions of the last {params.maintain.keep_hours} hours stay readable"
    return f"{tables} looked at, all rows keep their contract. {compacted} compacted, {files}; {freed}, {kept}."


def taken(figures: Mapping[str, float]) -> str:
    """What a journal held."""
    if not figures["served"] and not figures["events"]:
        return "No service has noted anything since."
    places, events = counted(figures["served_rows"], "place"), counted(figures["events_rows"], "event")
    return f"{places} of lists are in bronze.served now, {events} in bronze.events: the next run learns from these."


def of_journal(options: RunOptions) -> RunOptions:
    """Options of a load of the journal, which is no run to undo."""
    return replace(options, source=JOURNAL)


def back_to(options: RunOptions, arguments: argparse.Namespace) -> RunOptions:
    """Options of a rollback: the run that is gone back to shapes its own fingerprint."""
    return replace(options, source=ROLLBACK, request=arguments.to)


def rolled_back(figures: Mapping[str, float], options: RunOptions) -> str:
    """What a rollback did."""
    tables, moves = counted(figures["restored"], "table"), counted(figures["registry"], "champion")
    text = f"Served again as run {options.request} released it: {tables} restored, {moves} moved."
    if figures["entries_taken_out"]:
        text += f" {counted(figures['entries_taken_out'], 'entry', 'entries')} that people refused since taken out."
    return text + " A service follows by itself; `interestlake run` goes on from the newest data."
