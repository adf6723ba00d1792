"""Look at what `airflow dags test interestlake` left: task states and asset events in its store, tables in the lake."""

import argparse
import json
import sqlite3
import sys
from pathlib import Path

STAGES = json.loads((Path(__file__).parent / "dags" / "interestlake_stages.json").read_text(encoding="utf-8"))
TASKS = "SELECT task_id, state, try_number, (julianday(end_date) - julianday(start_date)) * 86400 FROM task_instance"
EVENTS = (
    "SELECT event.source_task_id, asset.uri FROM asset_event AS event JOIN asset ON asset.id = event.asset_id "
    "WHERE event.source_dag_id = 'interestlake'"
)


def uri(lake: Path, table: str) -> str:
    return f"file://{lake}/{table.replace('.', '/')}"


def faults(store: Path, lake: Path, retried: str) -> list[str]:
    """One line per task that did not succeed, table that is missing and asset without its event; prints the table.

    Every task must have taken one try, and `retried` two: its first was made to end as if it had been killed.
    """
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        tasks = {row[0]: row[1:] for row in database.execute(TASKS)}
        events = list(database.execute(EVENTS))
    found = []
    print(f"{'task':<18}{'state':<10}{'try':>4}{'seconds':>9}{'tables':>8}{'assets':>8}")
    for stage in STAGES:
        name, writes = stage["name"], stage["writes"]
        state, tried, seconds = tasks.get(name, ("missing", 0, None))
        tables = [table for table in writes if (lake / table.replace(".", "/") / "_delta_log").is_dir()]
        told = [table for table in writes if (name, uri(lake, table)) in events]
        print(f"{name:<18}{state or 'none':<10}{tried:>4}{seconds or 0:>9.1f}{len(tables):>8}{len(told):>8}")
        if state != "success":
            found.append(f"task {name}: found {state}; expected success")
        if tried != (2 if name == retried else 1):
            found.append(f"task {name}: found {tried} tries; expected {2 if name == retried else 1}")
        found += [
            f"table {table}: found none in the lake; expected {name} to write it"
            for table in writes
            if table not in tables
        ]
        found += [
            f"asset {uri(lake, table)}: found no event; expected one from {name}"
            for table in writes
            if table not in told
        ]
    state = tasks.get("monitor", ("missing",))[0]
    print(f"{'monitor':<18}{state}")
    if state != "success" or not (lake / "gold" / "monitor" / "_delta_log").is_dir():
        found.append(f"task monitor: found {state}; expected success, and gold.monitor in the lake")
    return found


def refused(store: Path, run: str) -> list[str]:
    """One line per thing that is not so of a DAG run whose gate said no: promote skipped, all else green."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        tasks = dict(database.execute("SELECT task_id, state FROM task_instance WHERE run_id = ?", (run,)))
        state = database.execute("SELECT state FROM dag_run WHERE run_id = ?", (run,)).fetchone()
    expected = {stage["name"]: "skipped" if stage["name"] == "promote" else "success" for stage in STAGES}
    expected["monitor"] = "success"
    found = [f"task {name}: found {tasks.get(name)}; expected {want}" for name, want in expected.items()
             if tasks.get(name) != want]  # fmt: skip
    if state != ("success",):
        found.append(f"DAG run {run}: found {state}; expected success")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path, required=True, help="Airflow's sqlite file")
    parser.add_argument("--lake", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True, help="output of airflow dags test, shown where it failed")
    parser.add_argument("--retried", help="the task whose first try was made to fail")
    parser.add_argument("--refused", help="the DAG run whose gate was made to say no")
    arguments = parser.parse_args()
    if arguments.refused:
        found = refused(arguments.store, arguments.refused)
    else:
        found = faults(arguments.store, arguments.lake, arguments.retried)
    for fault in found:
        print(fault, file=sys.stderr)
    if found:
        print(*arguments.log.read_text(errors="replace").splitlines()[-40:], sep="\n", file=sys.stderr)
        return 1
    if arguments.refused:
        print("the gate's no: promote skipped, every other task and the DAG run succeeded")
        return 0
    tables = sum(len(stage["writes"]) for stage in STAGES)
    print(f"{len(STAGES)} tasks succeeded, {tables} tables and asset events found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
