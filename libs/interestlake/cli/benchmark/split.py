"""`interestlake split`: one file of pairs in; train, test and validation files out."""

import argparse
import csv
from logging import Logger
from pathlib import Path

import pandas as pd

from ...core.errors import BadInput
from ...core.places import writing
from ...interactions.csv_files import read_pairs
from ...interactions.protocols import split_pairs

PARTS = ("train", "validation", "test")


def split(options: argparse.Namespace, log: Logger) -> None:
    """Write train.csv, test.csv and, with a share for it, validation.csv; the columns and rows are the input's, each
    pair once."""
    shares = _shares(options)
    places = {name: Path(options.out) / f"{name}.csv" for name in PARTS}
    for place in places.values():
        if place.exists() and place.resolve() == Path(options.input).resolve():
            raise BadInput.of(f"file {options.input}", found="a file that the split would overwrite",
                              expected="another folder", where="--out")  # fmt: skip
    frame, pairs = read_pairs(options.input, "--input")
    part = split_pairs(pairs, options.protocol, *shares, options.seed).to_numpy()
    wanted = [name for name in PARTS if name != "validation" or options.validation_share]
    for name in wanted:
        if not (part == name).any():
            found = f"no pair of {len(pairs):,} for {name} by {options.protocol}"
            raise BadInput.of(f"file {options.input}", found=found, expected="one or more in every part",
                              where="--protocol, --test-share or --validation-share")  # fmt: skip
    with writing(Path(options.out)):
        Path(options.out).mkdir(parents=True, exist_ok=True)
        for name in wanted:
            _write(frame[part == name], places[name])
            print(f"{name:<11}{int((part == name).sum()):>11,} pairs  {places[name]}")
    if "validation" not in wanted and places["validation"].exists():
        log.warning("  %s is of an earlier split, not of this one", places["validation"])


def _shares(options: argparse.Namespace) -> tuple[float, float]:
    """Of test and validation. Raises BadInput where they leave nothing to train on."""
    for name in ("test_share", "validation_share"):
        if not 0 <= getattr(options, name) < 1:
            where = f"--{name.replace('_', '-')}"
            raise BadInput.of("share", found=getattr(options, name), expected="0 <= share < 1", where=where)
    both = options.test_share + options.validation_share
    if both >= 1 and options.protocol != "leave-one-out":  # which holds out one pair each, whatever the shares
        raise BadInput.of("shares", found=f"{options.test_share:g} for test and {options.validation_share:g} for "
                          "validation", expected="less than 1 together, or nothing is left to train on",
                          where="--test-share and --validation-share")  # fmt: skip
    return options.test_share, options.validation_share


def _write(rows: pd.DataFrame, place: Path) -> None:
    # the csv module leaves a carriage return within a field bare, where it would be read as the end of the line
    bare = any(rows.iloc[:, place].str.contains("\r", regex=False).any() for place in range(rows.shape[1]))
    with open(place, "w", encoding="utf-8", newline="") as file:
        rows.to_csv(file, index=False, lineterminator="\n", quoting=csv.QUOTE_ALL if bare else csv.QUOTE_MINIMAL)
