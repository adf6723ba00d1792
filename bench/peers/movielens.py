"""The default comparison: MovieLens latest-small, 75/25 stratified per item, and our own benchmark on it."""

from pathlib import Path

from interestlake.cli.main import main as interestlake

from ..published.__main__ import prepare as prepare_published


def prepare() -> Path:
    """Writes train.csv, test.csv and ours/metrics.json -> their folder. Raises SystemExit without the data."""
    out, files = prepare_published("movielens")
    if interestlake(["benchmark", *files, "--out", str(out / "ours")]):
        raise SystemExit("bench-peers: interestlake benchmark failed")
    return out
