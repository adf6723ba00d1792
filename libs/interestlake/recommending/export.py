"""What a run split, as the files of a benchmark: `interestlake export-split`."""

import shlex
from logging import Logger
from pathlib import Path

import pandas as pd

from ..core.errors import BadInput
from ..core.json_file import write_metrics
from ..core.lake import Lake
from ..core.params.all import Recommend
from ..interactions.item_room import with_room
from ..interactions.lake_inputs import LakeFrames, collect_frames
from .chosen_tables import kept_before

TABLES = ("silver.interactions", "silver.items", "silver.documents", "silver.friends", "silver.facts")


def export_split(lake: Lake, out: str, bounds: Recommend, log: Logger) -> str:
    """Write train, validation, test, items, facts and social CSVs and chosen.json into `out` -> the benchmark's call.

    chosen.json is what the lake's last run chose, for `interestlake benchmark --chosen`; files that would have no row
    are left out. Eight Spark jobs; everything is counted before it is collected. Raises BadInput for more pairs or
    items than `bounds` allow, or an `out` that cannot be written.
    """
    count = lake.read("silver.interactions").count()
    if count > bounds.max_pairs:
        raise BadInput.of(f"lake {lake.root}", found=f"{count:,} pairs", expected=f"at most {bounds.max_pairs:,}",
                          where="recommend.max_pairs: a benchmark works in one machine's memory")  # fmt: skip
    tables = with_room({name: lake.read(name) for name in TABLES}, bounds.max_item_gigabytes, log)
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise BadInput.of(f"folder {out}", found=str(fault), expected="one to write into", where="--out") from fault
    files = frames_of(collect_frames(tables))
    options = []
    for name, (option, frame) in files.items():
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False)
        log.info("  %-12s %10s rows  %s", name, f"{len(frame):,}", path)
        options += [option, str(path)]
    choice = kept_before(lake)
    if choice:
        write_metrics(choice, folder / "chosen.json", None)
        options += ["--chosen", str(folder / "chosen.json")]
    return shlex.join(["interestlake", "benchmark", *options, "--out", str(folder / "benchmark")])


def frames_of(frames: LakeFrames) -> dict[str, tuple[str, pd.DataFrame]]:
    """file name -> (the benchmark's option, its rows), in the order in which the run fits them."""
    files = {}
    for split in ("train", "validation", "test"):
        rows = frames.of(split)
        if len(rows) or split == "train":
            files[split] = (f"--{split}", _pairs(rows, frames.timed))
    files["items"] = ("--items", frames.items)
    learned = pd.concat([frames.of("train"), frames.of("validation")])["user_id"].unique()
    friends = frames.friends_of(learned)
    if friends is not None:
        files["social"] = ("--social", friends)
    if frames.facts is not None:
        files["facts"] = ("--facts", frames.facts)
    return files


def _pairs(rows: pd.DataFrame, timed: bool) -> pd.DataFrame:
    if not timed:
        return rows[["user_id", "item_id", "weight"]]
    return rows.rename(columns={"time": "timestamp"})
