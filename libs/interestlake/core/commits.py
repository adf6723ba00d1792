"""A Delta table's commits, read from its log as the protocol lays it out: whose each is, and which still count."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .storage import filesystem, jvm, read_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NAMING = "spark.databricks.delta.commitInfo.userMetadata"
NAMED = "run "  # stands before the run id in a commit's user metadata
KEEPING = ("VACUUM START", "VACUUM END", "OPTIMIZE")  # operations that change no row


@dataclass(frozen=True)
class Commit:
    """One commit: the transaction's name (`<run id>/...`), the run (None: it left no name), what it did, and when.

    back_to: the version that a RESTORE went back to. written_ms: milliseconds since 1970, by the writer's clock.
    """

    version: int
    app: str | None
    run_id: str | None
    operation: str
    written_ms: int
    back_to: int | None = None


def last_version(spark: "SparkSession", path: str) -> int:
    """Newest version of the table at `path`. A listing of the log: the history API runs Spark jobs for the same."""
    fs, log = filesystem(spark, f"{path}/_delta_log")
    names = (status.getPath().getName() for status in fs.listStatus(log))
    return max(int(name.removesuffix(".json")) for name in names if re.fullmatch(r"\d{20}\.json", name))


def action(spark: "SparkSession", path: str, version: int, kind: str) -> dict:
    """The first action of a kind in a commit; {} where it has none, or where the log no longer keeps the commit."""
    fs, commit = filesystem(spark, _file(path, version))
    if not fs.exists(commit):
        return {}
    java = jvm(spark).java.io
    reader = java.BufferedReader(java.InputStreamReader(fs.open(commit), "UTF-8"))
    try:
        while line := reader.readLine():
            if line.startswith(f'{{"{kind}"'):
                return json.loads(line)[kind]
    finally:
        reader.close()
    return {}


def standing(spark: "SparkSession", path: str) -> Iterator[Commit]:
    """Commits whose rows the table still rests on, newest first: what a RESTORE took back is left out, and it itself.

    Ends where the log no longer keeps the commit. Reads one file a commit.
    """
    version = last_version(spark, path)
    while version >= 0 and (commit := _commit(spark, path, version)):
        if commit.back_to is None:
            yield commit
        version = version - 1 if commit.back_to is None else commit.back_to


def _commit(spark: "SparkSession", path: str, version: int) -> Commit | None:
    text = read_text(spark, _file(path, version))
    if text is None:
        return None
    found = {}
    for line in text.splitlines():
        kind = line[2 : line.find('"', 2)]
        if kind in ("commitInfo", "txn"):
            found[kind] = json.loads(line)[kind]
    info, app = found.get("commitInfo", {}), found.get("txn", {}).get("appId")
    said = info.get("userMetadata", "")
    named = said.removeprefix(NAMED) if said.startswith(NAMED) else None
    operation = info.get("operation", "")
    # one that went back to a time says no version: a change by somebody without a name
    restored = info.get("operationParameters", {}).get("version") if operation == "RESTORE" else None
    back_to = None if restored is None else int(restored)
    run_id = app.split("/")[0] if app else named
    return Commit(version, app, run_id, operation, int(info.get("timestamp", 0)), back_to)


def _file(path: str, version: int) -> str:
    return f"{path}/_delta_log/{version:020d}.json"
