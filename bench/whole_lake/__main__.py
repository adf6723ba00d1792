"""The whole pipeline on generated shops of growing size, each in a fresh process and lake: what every stage takes."""

import argparse
import json
import math
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import psutil

from interestlake.reporting.planning.measured import GIGABYTE, SHIPPED, StageRow, shipped_rows

from ..__main__ import ROOT
from ..measure import Measured, measure
from .plot import draw
from .shuffles import by_stage
from .world import Size, write_world

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
OUT = ROOT / "out" / "bench" / "whole_lake"
EXPONENT = 1.1  # log of the growth of seconds over log of the growth of events
SHORT_S = 5.0  # a stage that takes less says nothing of its growth


def conf_with_event_log(folder: Path) -> Path:
    """A copy of conf whose local profile writes Spark's event log below `folder` -> the copy."""
    conf = folder / "conf"
    shutil.copytree(ROOT / "conf", conf)
    (folder / "events").mkdir()
    with (conf / "spark" / "local.properties").open("a", encoding="utf-8") as file:
        file.write(f"\nspark.eventLog.enabled true\nspark.eventLog.dir {(folder / 'events').as_uri()}\n")
    return conf


def rows_of(measured: Measured, size: Size, events: Path, lake: Path) -> list[dict]:
    """A row per stage of one run: seconds, memory per kind of process, bytes shuffled, files written."""
    stages = measured.stages
    ends = [stage.began for stage in stages[1:]] + [float("inf")]
    spans = [(stage.name, stage.began, end) for stage, end in zip(stages, ends, strict=True)]
    shuffled = by_stage(events, spans)
    written = [path.stat().st_mtime for path in lake.rglob("*") if path.is_file()]
    return [
        {"events": size.events, "texts": size.texts, "people": size.users, "items": size.catalogue,
         "stage": stage.name, "seconds": stage.seconds, "processor_seconds": stage.processor_seconds,
         **{kind: stage.peak_of[kind] for kind in ("driver", "jvm", "workers")},
         "shuffled": shuffled[stage.name].written, "spilled": shuffled[stage.name].spilled,
         "task_seconds": shuffled[stage.name].task_seconds, "jobs": shuffled[stage.name].jobs,
         "skew": shuffled[stage.name].skew, "files": sum(first <= moment < last for moment in written)}
        for stage, (_, first, last) in zip(stages, spans, strict=True)
    ]  # fmt: skip


def table(rows: Sequence[dict]) -> Iterator[str]:
    """A line per stage of one size."""
    yield (f"  {'stage':<16}{'seconds':>9}{'processor s':>13}{'driver GB':>11}{'JVM GB':>8}{'workers GB':>12}"
           f"{'shuffled MB':>13}{'spilled MB':>12}{'jobs':>6}{'files':>7}{'skew':>6}")  # fmt: skip
    for row in rows:
        memory = f"{row['driver'] / 1e9:>11.2f}{row['jvm'] / 1e9:>8.2f}{row['workers'] / 1e9:>12.2f}"
        moved = f"{row['shuffled'] / 1e6:>13.1f}{row['spilled'] / 1e6:>12.1f}{row['jobs']:>6}{row['files']:>7}"
        yield (f"  {row['stage']:<16}{row['seconds']:>9.1f}{row['processor_seconds']:>13.1f}{memory}{moved}"
               f"{row['skew']:>6.1f}")  # fmt: skip


def growth(rows: Sequence[dict]) -> Iterator[str]:
    """Per stage the exponent of its seconds from each size to the next."""
    sizes = sorted({row["events"] for row in rows})
    seconds = {(row["stage"], row["events"]): row["seconds"] for row in rows}
    for stage in dict.fromkeys(row["stage"] for row in rows):
        told = []
        for small, large in zip(sizes, sizes[1:], strict=False):
            first, second = seconds.get((stage, small), 0.0), seconds.get((stage, large), 0.0)
            if first <= 0 or second < SHORT_S:
                told.append("short")
                continue
            exponent = math.log(second / first) / math.log(large / small)
            told.append(f"{exponent:.2f}" + (" MISS" if exponent > EXPONENT else ""))
        yield f"  {stage:<16}" + "".join(f"{one:>12}" for one in told)


def ship(rows: Sequence[dict]) -> None:
    """Put the rows into conf/plan/measured.yml, in place of those of the same size."""
    cores = psutil.cpu_count() or 1
    mine = [
        StageRow(row["people"], row["items"], row["events"], row["texts"], row["stage"],
                 tasks=round(row["task_seconds"], 1),
                 rest=round(max(row["seconds"] - row["task_seconds"] / cores, 0.0), 1),
                 **{kind: round(row[kind] / GIGABYTE, 2) for kind in ("driver", "jvm", "workers")},
                 shuffled=round(row["shuffled"] / GIGABYTE, 4))
        for row in rows
    ]  # fmt: skip
    sizes = {row.workload for row in mine}
    others = [row for row in (shipped_rows() if SHIPPED.is_file() else []) if row.workload not in sizes]
    stages = [asdict(row) for row in [*others, *mine]]
    SHIPPED.parent.mkdir(exist_ok=True)
    head = (
        f"# one stage of one measured run a line, on {cores} cores: make bench-lake BENCH=--ship writes them\nstages:\n"
    )
    lines = (f"- {json.dumps(stage)}\n" for stage in stages)
    SHIPPED.write_text(head + "".join(lines), encoding="utf-8")


def run_size(size: Size, full: bool) -> tuple[list[dict], int, list[str]]:
    """One run in a fresh process and lake -> its rows, exit code, and what it announced that it left out."""
    with tempfile.TemporaryDirectory(dir=OUT) as name:
        folder = Path(name)
        mapping, conf, lake = write_world(size, folder), conf_with_event_log(folder), folder / "lake"
        command = [sys.executable, "-W", "ignore", "-m", "interestlake.cli.main", "run", "--source", "table",
                   "--mapping", str(mapping), "--input", str(folder / "in"), "--lake", str(lake), "--run-id", "bench",
                   "--conf", str(conf), *([] if full else ["--quick"])]  # fmt: skip
        log = OUT / f"{size.events}.log"
        measured = measure(command, ROOT, log)
        told = [line.strip() for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("left out:")]
        return rows_of(measured, size, folder / "events", lake), measured.exit_code, told


def main(argv: list[str] | None = None) -> int:
    """0 when every run ended by itself; 1 when one broke down."""
    parser = argparse.ArgumentParser(prog="python -m bench.whole_lake", description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[1], metavar="EVENTS", help="stop at this size (100000)")
    parser.add_argument("--sizes", default="", metavar="N,N", help="these sizes in place of powers of ten")
    parser.add_argument("--texts", type=float, default=0.01, metavar="SHARE", help="of the events that are reviews")
    parser.add_argument("--people", type=int, default=0, help="in place of one per 20 events")
    parser.add_argument("--items", type=int, default=0, help="in place of one per 100 events")
    parser.add_argument(
        "--ship", action="store_true", help="add the rows to conf/plan, which `interestlake plan` reads"
    )
    parser.add_argument("--full", action="store_true", help="with the search and the trained models")
    parser.add_argument("--resume", action="store_true", help="measure only what the last bench lacks")
    options = parser.parse_args(argv)
    OUT.mkdir(parents=True, exist_ok=True)
    kept, broken = OUT / "rows.json", False
    known = json.loads(kept.read_text()) if options.resume and kept.is_file() else []
    print(
        f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB, load {psutil.getloadavg()[0]:.1f}"
    )
    given = [int(size) for size in options.sizes.split(",") if size]
    for events in given or [size for size in SIZES if size <= options.largest] or [options.largest]:
        size = Size(events, options.texts, options.people, options.items)
        mine = [row for row in known if row["events"] == events]
        if not mine:
            mine, code, told = run_size(size, options.full)
            known += mine
            broken = broken or code not in (0, 3)
            kept.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
            print(f"\n{events:,} events, {size.users:,} people, {size.catalogue:,} items, {size.texts:,} texts: "
                  f"{sum(row['seconds'] for row in mine):.0f} s, exit {code}")  # fmt: skip
            print("\n".join([*table(mine), *told]), flush=True)
    if options.ship:
        ship(known)
    print("\nexponent of the seconds from one size to the next:")
    print("\n".join(growth(known)))
    draw(known, OUT / "whole_lake.png")
    print(f"\nplot: {(OUT / 'whole_lake.png').relative_to(ROOT)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
