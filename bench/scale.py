"""How fit time, memory, edges and candidates grow with events: a fresh process per model and size."""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import psutil

from .__main__ import ROOT
from .measure import family, resident_bytes
from .scale_plot import draw
from .scale_points import POINTS, write_events

SIZES = (100_000, 1_000_000, 10_000_000)
OUT = ROOT / "out" / "bench"
SAMPLE_SECONDS = 0.25  # the smallest points take a second
LINEAR = 1.25  # growth by at most so much more than that of the events


def measured_point(model: str, pairs: Path, limit_seconds: float) -> dict | None:
    """The point of one model on one file, with the peak memory of its processes; None where the limit passed."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.scale", "--point", model, "--pairs", str(pairs)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watched, peak, began = psutil.Process(process.pid), [0], time.perf_counter()

    def sample() -> None:
        while process.poll() is None:
            peak[0] = max(peak[0], resident_bytes(family(watched)))
            if time.perf_counter() - began > limit_seconds:
                for member in [*watched.children(recursive=True), watched]:
                    member.kill()
            time.sleep(SAMPLE_SECONDS)

    sampler = threading.Thread(target=sample, daemon=True)
    sampler.start()
    said, wrong = process.communicate()
    sampler.join()
    if process.returncode < 0:
        return None
    if process.returncode:
        raise RuntimeError(f"{model} ended with {process.returncode}: {wrong.strip()[-800:]}")
    return {**json.loads(said.strip().splitlines()[-1]), "peak_bytes": peak[0]}


def growth(rows: Sequence[dict]) -> Iterator[str]:
    """Per model and figure: how often more per event each larger size has than the one before; 1 is linear."""
    for model in dict.fromkeys(row["model"] for row in rows):
        mine = sorted((row for row in rows if row["model"] == model), key=lambda row: row["events"])
        told, worst = [], 0.0
        for field in ("candidates", "edges"):
            shares = [(b[field] / a[field]) / (b["events"] / a["events"]) for a, b in zip(mine, mine[1:], strict=False)]
            worst = max([worst, *shares])
            told.append(f"{field} {', '.join(f'{share:.2f}' for share in shares) or '-'}")
        word = "one size alone" if len(mine) < 2 else "linear or less" if worst <= LINEAR else "MORE than linear"
        yield f"  {model:<25}{told[0]:<30}{told[1]:<30}{word}"


def line(row: dict) -> str:
    figures = f"{row['seconds']:>10.1f}{row['peak_bytes'] / 1e9:>9.2f}{row['candidates']:>15,}{row['edges']:>13,}"
    return f"  {row['model']:<25}{row['events']:>12,}{figures}{row['edges'] / row['events']:>11.2f}"


def main(argv: list[str] | None = None) -> int:
    """0 whatever the figures; a point that passes --limit is left out and named."""
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1], metavar="EVENTS", help="stop at this size")
    parser.add_argument("--limit", type=float, default=1800.0, metavar="SECONDS", help="for one model and size")
    parser.add_argument("--only", action="append", metavar="MODEL", choices=POINTS, help="may be repeated")
    parser.add_argument("--resume", action="store_true", help="measure only what the last run lacks")
    parser.add_argument("--point", choices=POINTS, help=argparse.SUPPRESS)
    parser.add_argument("--pairs", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.point:
        print(json.dumps(asdict(POINTS[options.point](options.pairs))))
        return 0
    sizes = [size for size in SIZES if size <= options.largest] or [options.largest]
    print(
        f"{psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}; a fresh process each, "
        "seconds of the fit alone, memory of all its processes"
    )
    print(f"  {'model':<25}{'events':>12}{'seconds':>10}{'peak GB':>9}{'candidates':>15}{'edges':>13}{'per event':>11}")
    OUT.mkdir(parents=True, exist_ok=True)
    kept = OUT / "scale.json"
    known = json.loads(kept.read_text()) if options.resume and kept.is_file() else []
    known = {(row["model"], row["events"]): row for row in known}
    rows, late = [], []
    with tempfile.TemporaryDirectory(dir=OUT) as folder:
        for events in sizes:
            pairs = Path(folder) / f"{events}.parquet"
            for model in POINTS:
                found = known.get((model, events))
                if found is None and (options.only and model not in options.only or model in dict(late)):
                    continue
                if found is None:
                    if not pairs.is_file():
                        write_events(events, pairs)
                    found = measured_point(model, pairs, options.limit)
                if found is None:
                    late.append((model, events))
                    continue
                rows.append({"model": model, "events": events, **found})
                print(line(rows[-1]), flush=True)
                known[model, events] = rows[-1]
                kept.write_text(json.dumps(list(known.values()), indent=1) + "\n")
    draw(rows, OUT / "scale.png")
    for model, events in late:
        print(f"  {model:<25}{events:>12,}  more than {options.limit:.0f} s: left out")
    print("\ngrowth per event from one size to the next, 1 = linear:")
    print("\n".join(growth(rows)))
    print(f"\nplot: {(OUT / 'scale.png').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
