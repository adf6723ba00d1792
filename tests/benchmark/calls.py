"""Calls of `split` and `benchmark` on a small world, and what they leave."""

import json

import pandas as pd

from interestlake.cli.main import main

from .world import pairs

START = 1_393_580_000  # 2014-02-28


def world(people=24, **columns) -> pd.DataFrame:
    frame = pairs(people=people, length=8).astype({"timestamp": "int64"})
    return frame.assign(timestamp=START + frame["timestamp"], **columns)


def split(source, out, *more, protocol="leave-one-out") -> int:
    return main(["split", "--input", str(source), "--protocol", protocol, "--out", str(out), *more])


def benchmark(folder, out, *more, train="train.csv", test="test.csv") -> int:
    files = ["--train", str(folder / train), "--test", str(folder / test)]
    return main(["benchmark", *files, "--models", "item_knn", "--budget", "1", "--top", "5", "--out", str(out), *more])


def report(out) -> dict:
    return json.loads((out / "metrics.json").read_text())


def read(folder, name) -> pd.DataFrame:
    return pd.read_csv(folder / f"{name}.csv", dtype=str)


def errors(caplog) -> list[str]:
    """What was told as an error, in order."""
    return [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
