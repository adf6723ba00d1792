"""Looks into a lake's tables: each log whole, each file there, each table that a finished stage leaves; and whether
what a person asked for has ended."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ...core.config import REQUEST
from ...core.counted import counted
from ...core.errors import Unreadable
from ...core.storage import has_scheme
from .check import Check, Given

if TYPE_CHECKING:
    from ...core.plain_lake import PlainLake

# what a lake is read by, and what each stage that has finished leaves whatever the data
OPS = ("ops.runs", "ops.stages", "ops.sources")
LEFT = {
    "ingest": ("bronze.events",),
    "prepare": ("silver.users", "silver.items", "silver.interactions"),
    "build_interests": ("gold.interest_map",),
    "recommend": ("gold.recommendations",),
    "evaluate": ("gold.metrics",),
}
FORGET, OBJECTIONS = "forget", "silver.objections"
SHOWN = 3
BACKUP = "restore it from a backup of the lake"


def contents(given: Given) -> Check:
    """Whether every table can be read to its last file, and those that a finished run leaves are there."""
    if not _tables_here(given.lake):
        return Check("contents", "not looked at")
    logs = sorted(Path(given.lake).glob("*/*/_delta_log"))
    faults = [fault for log in logs if (fault := _fault(log))]
    faults += [] if faults else _missing(given.lake)
    if not faults:
        return Check("contents", f"{counted(len(logs), 'table')}, every file there")
    told = "; ".join(found for found, _ in faults[:SHOWN])
    more = f"; and {len(faults) - SHOWN} more" if len(faults) > SHOWN else ""
    fixes = dict.fromkeys(fix.replace("{lake}", given.lake) for _, fix in faults[:SHOWN])
    return Check("contents", f"{told}{more}", "; ".join(fixes))


def requests(given: Given) -> Check:
    """Whether each feedback and forgetting that was begun has ended."""
    if not _tables_here(given.lake):
        return Check("requests", "not looked at")
    from ...core.plain_lake import PlainLake

    lake = PlainLake(given.lake)
    try:
        open_runs = _not_ended(lake)
        asked = lake.of(OBJECTIONS, ["run_id", "action"]) if lake.there(OBJECTIONS) else []
    except Unreadable:  # which `contents` tells
        return Check("requests", "not to be read")
    if not open_runs:
        return Check("requests", "none begun and not ended")
    forgets = {row["run_id"].split("/")[0] for row in asked if row["action"] == FORGET} & set(open_runs)
    what = "a forgetting" if forgets else "a feedback or forgetting"
    name = FORGET if forgets else "feedback` or `interestlake forget"
    found = f"{what} begun and not ended, run {', '.join(sorted(forgets or open_runs)[:SHOWN])}"
    return Check("requests", found, f"the same `interestlake {name}` again, with --lake {given.lake} and the same "
                 "person, ends it")  # fmt: skip


LOOKS = (contents, requests)


def _tables_here(lake: str) -> bool:
    return bool(lake) and not has_scheme(lake) and any(Path(lake).glob("*/*/_delta_log"))


def _fault(log: Path) -> tuple[str, str] | None:
    """What is wrong with one table, by its name and file, and what mends it."""
    from ...core.plain_tables import PlainTable

    name = f"{log.parent.parent.name}.{log.parent.name}"
    if broken := _broken(log):
        return f"{name}: {broken}", BACKUP
    table = PlainTable(str(log.parent))
    try:
        if table.version() is None:
            return f"{name}: {log} does not open as a table", BACKUP
        gone = [file for file in table.files() if not Path(file).is_file()]
        if gone:
            told = f"{name}: no file {gone[0]}{f', and {len(gone) - 1} more' if gone[1:] else ''}"
            undo = f"`interestlake undo --lake {{lake}} --run-id {_writer(log)}` and run again"
            return told, f"{BACKUP}, or {undo}"
        table.count()
    except Unreadable as fault:
        return f"{name}: {fault}", BACKUP
    return None


def _broken(log: Path) -> str:
    """The commit that a log lacks, or whose text is not whole, since its newest checkpoint; "" where all are right."""
    versions = {int(file.stem): file for file in log.glob("*.json") if file.stem.isdigit()}
    kept = [int(file.name.split(".")[0]) for file in log.glob("*.checkpoint*.parquet")]
    since = max(kept) + 1 if kept else 0
    for version in range(since, max(versions, default=-1) + 1):
        file = versions.get(version, log / f"{version:020}.json")
        if version not in versions:
            return f"no file {file}"
        try:
            lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
        except ValueError:
            return f"{file} is not whole"
        if not lines:
            return f"{file} is empty"
    return "" if versions or kept else f"no commit in {log}"


def _writer(log: Path) -> str:
    """The run of a log's newest commit that says one."""
    for file in sorted(log.glob("*.json"), reverse=True):
        for line in file.read_text(encoding="utf-8").splitlines():
            if app := json.loads(line).get("txn", {}).get("appId"):
                return app.split("/")[0]
    return "RUN"


def _missing(lake: str) -> list[tuple[str, str]]:
    from ...core.plain_lake import PlainLake

    plain = PlainLake(lake)
    gone = [name for name in OPS[:1] if not plain.there(name)]
    stages = {row["stage"] for row in plain.of("ops.stages", ["stage"])} if plain.there("ops.stages") else set()
    if any(plain.there(name) for name in LEFT["prepare"]):  # ingest has finished
        gone += [name for name in OPS[1:] if not plain.there(name)]
    gone += [name for stage, names in LEFT.items() if stage in stages for name in names if not plain.there(name)]
    if not gone:
        return []
    fix = BACKUP.replace("it", "them", 1)
    if not set(gone) & set(OPS):
        fix += ", or run into another --lake"
    return [(f"no table {', '.join(gone)}", fix)]


def _not_ended(lake: "PlainLake") -> list[str]:
    """Runs of persons' requests without a finished stage, where none that was asked for the same has ended since."""
    if not (lake.there("ops.runs") and lake.there("ops.stages")):
        return []
    ended = {row["run_id"] for row in lake.of("ops.stages", ["run_id"])}
    runs = lake.of("ops.runs", ["run_id", "source", "fingerprint"])
    marks = {row["fingerprint"] for row in runs if row["run_id"] in ended}
    return [row["run_id"] for row in runs if row["source"] == REQUEST and row["run_id"] not in ended
            and row["fingerprint"] not in marks]  # fmt: skip
