"""Run the inputs of the benchmark, each from an empty lake in a process of its own, and print a table for each."""

import argparse
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from .measure import Measured, measure

ROOT = Path(__file__).resolve().parents[1]
MOVIELENS = ROOT.parent / "shared" / "data" / "movielens-latest-small"
ENDED = {0: "done", 3: "done, the gate said no"}


@dataclass(frozen=True)
class Bench:
    """One input and the seconds its whole run should take on two cores."""

    name: str
    arguments: tuple[str, ...]
    goal_seconds: float


BENCHES = (
    Bench("sample", ("--source", "sample"), 180),
    Bench("movielens", ("--source", "movielens", "--input", str(MOVIELENS)), 300),
)


def table(measured: Measured) -> str:
    """A line per stage: seconds, the run's processor seconds, rows written, peak memory of its processes meanwhile."""
    lines = [f"  {'stage':<18}{'seconds':>9}{'processor s':>13}{'rows written':>14}{'peak GB':>9}"]
    named = [(stage.name, stage) for stage in measured.stages]
    for name, one in [*named, ("whole process", measured)]:
        figures = f"{one.seconds:>9.1f}{one.processor_seconds:>13.1f}{one.rows:>14,}{one.peak_bytes / 1e9:>9.2f}"
        lines.append(f"  {name:<18}{figures}")
    lines.append(f"  {measured.stolen_share:.0%} of the machine's processor time went to others on its host")
    return "\n".join(lines)


def verdict(bench: Bench, measured: Measured) -> str:
    """hit or miss, with the figures."""
    if measured.exit_code not in ENDED:
        return f"{bench.name}: ended with exit code {measured.exit_code}, so its time says nothing"
    word = "hit" if measured.seconds <= bench.goal_seconds else "MISS"
    times = f"{measured.seconds:.0f} s, goal {bench.goal_seconds:.0f} s"
    return f"{bench.name}: {times}: {word} ({ENDED[measured.exit_code]})"


def main(argv: list[str] | None = None) -> int:
    """0 when every run ended by itself, whatever its time; 1 when one broke down."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(b.name for b in BENCHES)} (default: all)")
    wanted = parser.parse_args(argv).names
    unknown = set(wanted) - {bench.name for bench in BENCHES}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    print(f"{psutil.cpu_count()} cores, {psutil.virtual_memory().total / 1e9:.0f} GB of memory", flush=True)
    verdicts, broken = [], False
    for bench in BENCHES:
        if wanted and bench.name not in wanted:
            continue
        if bench.name == "movielens" and not MOVIELENS.is_dir():
            verdicts.append(f"{bench.name}: left out, no shared/data/movielens-latest-small beside the checkout")
            continue
        lake, log = ROOT / "out" / "bench" / bench.name, ROOT / "out" / "bench" / f"{bench.name}.log"
        shutil.rmtree(lake, ignore_errors=True)
        log.parent.mkdir(parents=True, exist_ok=True)
        print(f"\n{bench.name} ... (output in {log.relative_to(ROOT)})", flush=True)
        command = ["interestlake", "run", *bench.arguments, "--lake", str(lake), "--run-id", "bench"]
        measured = measure(command, ROOT, log)
        print(table(measured), flush=True)
        verdicts.append(verdict(bench, measured))
        broken = broken or measured.exit_code not in ENDED
    print("\n" + "\n".join(verdicts))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
