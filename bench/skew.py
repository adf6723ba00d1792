"""What lies uneven, at full size: a program of a million events, an item of everybody, one text, one label, a long .gz.

Each in a fresh process and lake, beside the same ordinary people: `python -m bench.skew bot text`. Per stage the
seconds, the longest task of its most uneven part beside the median one, and memory; then what the log said of it.
"""

import argparse
import gzip
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from .__main__ import ROOT
from .generated import DAY, draw_pairs
from .measure import Measured, measure
from .whole_lake.__main__ import conf_with_event_log
from .whole_lake.shuffles import Shuffled, by_stage

OUT = ROOT / "out" / "bench" / "skew"
PEOPLE, ITEMS, EVENTS = 10_000, 5_000, 100_000  # of the ordinary world
BOT_ITEMS = 200_000
SAID = "Works as described, thank you very much."
CHUNK = 500_000  # rows that are held while they are written
LEAST_FREE = 20e9  # bytes of the disk that stay free
TOLD = ("warning:", "max_history=", "popularity_discount=", "cannot be split", "embedded once", "built-in sentences")
MAPPING = """source: skewed
events:
  files: events.csv
  format: csv
  columns: {user_id: user, item_id: item, event_type: type, value: rating, text: text, timestamp: time}
  time_unit: seconds
"""
START = 1_700_000_000


def ordinary(seed: int = 42) -> pd.DataFrame:
    """user, item, type, rating, text, time of people among whom nothing is uneven beyond the usual."""
    user, item = draw_pairs(PEOPLE, ITEMS, EVENTS, seed)
    random = np.random.default_rng([seed, 1])
    time = START + (random.random(EVENTS) * 365 * DAY).astype(np.int64)
    rating = random.integers(1, 6, EVENTS)
    rows = pd.DataFrame({"user": user, "item": item, "type": "rating", "rating": rating, "text": "", "time": time})
    return rows.astype({"user": str, "item": str})


def bot(count: int) -> Iterator[pd.DataFrame]:
    """One person with `count` views of BOT_ITEMS items, a second apart."""
    for start in range(0, count, CHUNK):
        number = np.arange(start, min(start + CHUNK, count))
        item = pd.Series(number % BOT_ITEMS).astype(str)
        yield _rows("program", item, "view", "", "", START + number)


def everybody(count: int) -> Iterator[pd.DataFrame]:
    """`count` people more, each with one item that they and all ordinary people share, and two others."""
    for start in range(0, count, CHUNK):
        number = np.arange(start, min(start + CHUNK, count))
        user = "n" + pd.Series(number).astype(str)
        for place in range(3):
            item = "everybody" if place == 0 else pd.Series((7 * number + place) % ITEMS).astype(str)
            yield _rows(user, item, "rating", 1 + number % 5, "", START + DAY * place + number % 1000)
    yield _rows(pd.Series(np.arange(PEOPLE)).astype(str), "everybody", "rating", 4, "", START)


def one_text(count: int) -> Iterator[pd.DataFrame]:
    """`count` reviews with the same words, of ten people each to an item."""
    for start in range(0, count, CHUNK):
        number = np.arange(start, min(start + CHUNK, count))
        user, item = "n" + pd.Series(number // 10).astype(str), pd.Series(number % ITEMS).astype(str)
        yield _rows(user, item, "review", 1 + number % 5, SAID, START + number)


def one_label(count: int) -> Iterator[pd.DataFrame]:
    """`count` ratings that are all 5; the ordinary people's are made 5 as well."""
    for start in range(0, count, CHUNK):
        number = np.arange(start, min(start + CHUNK, count))
        user, item = "n" + pd.Series(number // 20).astype(str), pd.Series((number * 31) % ITEMS).astype(str)
        yield _rows(user, item, "rating", 5, "", START + number)


# name -> what is written beside the ordinary world, and the last stage that it concerns
CASES: dict[str, tuple[Callable[[int], Iterator[pd.DataFrame]], str]] = {
    "bot": (bot, "build_graph"),
    "everybody": (everybody, "build_graph"),
    "text": (one_text, "embed"),
    "label": (one_label, "annotate"),
    "gz": (one_label, "ingest"),
}


def _rows(user, item, kind: str, rating, text: str, time) -> pd.DataFrame:
    return pd.DataFrame({"user": user, "item": item, "type": kind, "rating": rating, "text": text, "time": time})


def write(name: str, count: int, megabytes: int, folder: Path) -> Path:
    """Write mapping.yml and in/events.csv (of gz: events.csv.gz, of so many megabytes unpacked) -> the mapping."""
    (folder / "in").mkdir(parents=True)
    plain = ordinary()
    if name in ("label", "gz"):
        plain["rating"] = 5
    packed = name == "gz"
    path = folder / "in" / ("events.csv.gz" if packed else "events.csv")
    opened = gzip.open(path, "wt", compresslevel=1, newline="") if packed else path.open("w", newline="")
    with opened as out:
        written = out.write(plain.to_csv(index=False))
        parts = CASES[name][0](2**40 if packed else count)
        for part in parts:
            written += out.write(part.to_csv(index=False, header=False))
            if packed and written > megabytes * 1e6:
                break
            if shutil.disk_usage(folder).free < LEAST_FREE:
                raise SystemExit(
                    f"bench-skew: less than {LEAST_FREE / 1e9:.0f} GB free; expected a smaller --megabytes"
                )
    (folder / "mapping.yml").write_text(MAPPING, encoding="utf-8")
    return folder / "mapping.yml"


def report(measured: Measured, shuffled: dict[str, Shuffled], log: Path) -> Iterator[str]:
    """A line per stage, then what the log said."""
    yield f"  {'stage':<16}{'seconds':>9}{'longest task s':>16}{'median s':>10}{'peak GB':>9}{'spilled MB':>12}"
    for stage in measured.stages:
        of = shuffled[stage.name]
        longest, median = max(((max(times), float(np.median(times))) for times in of.tasks.values()), default=(0, 0))
        yield (f"  {stage.name:<16}{stage.seconds:>9.1f}{longest:>16.1f}{median:>10.1f}{stage.peak_bytes / 1e9:>9.2f}"
               f"{of.spilled / 1e6:>12.1f}")  # fmt: skip
    said = [line.strip() for line in log.read_text(encoding="utf-8").splitlines()]
    yield from (f"  log: {line}" for line in said if any(sign in line for sign in TOLD))


def run_case(name: str, count: int, megabytes: int) -> int:
    """One run up to the last stage that the case concerns, printed -> its exit code."""
    with tempfile.TemporaryDirectory(dir=OUT) as temporary:
        folder = Path(temporary)
        mapping, conf, lake = write(name, count, megabytes, folder), conf_with_event_log(folder), folder / "lake"
        size = sum(path.stat().st_size for path in (folder / "in").iterdir())
        command = [sys.executable, "-W", "ignore", "-m", "interestlake.cli.main", "run", "--source", "table",
                   "--mapping", str(mapping), "--input", str(folder / "in"), "--lake", str(lake), "--run-id", "bench",
                   "--conf", str(conf), "--quick", "--until", CASES[name][1]]  # fmt: skip
        log = OUT / f"{name}.log"
        measured = measure(command, ROOT, log)
        stages = measured.stages
        ends = [stage.began for stage in stages[1:]] + [float("inf")]
        spans = [(stage.name, stage.began, end) for stage, end in zip(stages, ends, strict=True)]
        print(f"\n{name}: {size / 1e6:,.0f} MB of input, {measured.seconds:.0f} s, exit {measured.exit_code}")
        print("\n".join(report(measured, dict(by_stage(folder / "events", spans)), log)), flush=True)
        return measured.exit_code


def main(argv: list[str] | None = None) -> int:
    """0 when every run ended well."""
    parser = argparse.ArgumentParser(prog="python -m bench.skew", description=__doc__)
    parser.add_argument("cases", nargs="*", help=f"which of {', '.join(CASES)} (default: all)")
    parser.add_argument("--count", type=int, default=1_000_000, help="events, people or texts (1000000)")
    parser.add_argument("--megabytes", type=int, default=200, help="of the .gz, unpacked (200); 40000 pack into 5 GB")
    options = parser.parse_args(argv)
    unknown = set(options.cases) - set(CASES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    OUT.mkdir(parents=True, exist_ok=True)
    codes = [run_case(name, options.count, options.megabytes) for name in options.cases or CASES]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
