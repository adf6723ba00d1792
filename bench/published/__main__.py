"""The published comparisons: a shared data set, split as published, through `interestlake benchmark`, a table each."""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from interestlake.cli.main import main as interestlake

from . import readers

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "out" / "bench" / "published"
LAST = ("--protocol", "leave-one-out")


@dataclass(frozen=True)
class Comparison:
    """A folder of the shared data, how it is split (() = given in parts), what is told beside the pairs, and how it is
    judged. beside: tables that the models may read; a time split gets no facts that were gathered after its test."""

    folder: str
    read: Callable[[Path], readers.Tables]
    split: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    judged: tuple[str, ...] = ()


BY_TIME = ("--protocol", "global-time", "--test-share", "0.2")
WITHHELD = ("--protocol", "cold-items", "--test-share", "0.1")
COLD = ("--protocol", "cold-items")
COMPARISONS = {
    "movielens": Comparison("movielens-latest-small", readers.movielens, ("--protocol", "stratified-item")),
    "movielens-cold": Comparison("movielens-latest-small", readers.movielens, WITHHELD, ("items", "facts"), COLD),
    "lastfm": Comparison("lightgcn-lastfm-split", readers.lastfm, (), ("social",), ("--top", "20")),
    "musical-instruments": Comparison("amazon-musical-instruments-5core", readers.musical_instruments, BY_TIME),
    "digital-music": Comparison("amazon-digital-music-head", readers.digital_music, BY_TIME, ("items",)),
    "digital-music-cold": Comparison(
        "amazon-digital-music-head", readers.digital_music, WITHHELD, ("items", "facts"), COLD
    ),
    "video": Comparison("sasrec-video-split", readers.video, LAST, (), LAST),
    "video-sampled": Comparison("sasrec-video-split", readers.video, LAST, (), ("--protocol", "leave-one-out-sampled")),
    "beauty": Comparison("s3rec-beauty-split", readers.beauty, LAST, ("facts",), LAST),
}  # fmt: skip


def prepare(name: str) -> tuple[Path, list[str]]:
    """Writes OUT/NAME/*.csv -> that folder, and the files as options of `interestlake benchmark`."""
    comparison, out = COMPARISONS[name], OUT / name
    source = DATA / comparison.folder
    if not source.is_dir():
        raise SystemExit(f"found no {source}; bench-peers takes --train, --test and --ours instead")
    out.mkdir(parents=True, exist_ok=True)
    for table, frame in comparison.read(source).items():
        frame.to_csv(out / f"{table}.csv", index=False)
    if comparison.split:
        _run(["split", "--input", str(out / "pairs.csv"), *comparison.split, "--out", str(out)])
    tables = ("train", "test", *comparison.beside)
    return out, [part for table in tables for part in (f"--{table}", str(out / f"{table}.csv"))]


def compare(name: str, further: list[str]) -> None:
    """Prints the table; OUT/NAME/result holds the lists and every figure."""
    folder, files = prepare(name)
    began = time.perf_counter()
    command = ["benchmark", *files, *COMPARISONS[name].judged, *further, "--out", str(folder / "result")]
    print(f"\n{name}: interestlake {' '.join(command)}", flush=True)
    _run(command)
    print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)


def _run(command: list[str]) -> None:
    if interestlake(command):
        raise SystemExit(f"bench-published: interestlake {command[0]} failed")


def main() -> None:
    passed_on = "Further options, written --name=value, go to `interestlake benchmark`."
    parser = argparse.ArgumentParser(prog="python -m bench.published", description=__doc__, epilog=passed_on)
    parser.add_argument("names", nargs="*", help=f"which of {', '.join(COMPARISONS)} (default: all, hours)")
    options, further = parser.parse_known_args()
    unknown = set(options.names) - set(COMPARISONS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(COMPARISONS)}")
    for name in options.names or COMPARISONS:
        compare(name, further)


if __name__ == "__main__":
    main()
