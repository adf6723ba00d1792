"""The default comparison: MovieLens latest-small, 75/25 stratified per item, and our own benchmark on it."""

from pathlib import Path

import pandas as pd

from interestlake.cli import main as interestlake

ROOT = Path(__file__).resolve().parents[2]
RATINGS = ROOT.parent / "shared" / "data" / "movielens-latest-small" / "ratings.csv.gz"
OUT = ROOT / "out" / "bench" / "peers"


def prepare() -> Path:
    """Writes train.csv, test.csv and ours/metrics.json under out/bench/peers. Raises SystemExit without the data."""
    if not RATINGS.is_file():
        raise SystemExit(f"bench-peers: found no {RATINGS}; give --train, --test and --ours instead")
    OUT.mkdir(parents=True, exist_ok=True)
    ratings = pd.read_csv(RATINGS).rename(columns={"userId": "user_id", "movieId": "item_id"})
    ratings[["user_id", "item_id", "timestamp"]].to_csv(OUT / "all.csv", index=False)
    split = ["split", "--input", str(OUT / "all.csv"), "--protocol", "stratified-item", "--out", str(OUT)]
    files = ["--train", str(OUT / "train.csv"), "--test", str(OUT / "test.csv")]
    for command in (split, ["benchmark", *files, "--out", str(OUT / "ours")]):
        if interestlake(command):
            raise SystemExit(f"bench-peers: interestlake {command[0]} failed")
    return OUT
