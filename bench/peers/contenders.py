"""Which models of other packages take part, on which grids, and how one of them is fitted in its own environment."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from interestlake.evaluation.search import Grid
from interestlake.interactions.inputs import place_of
from interestlake.interactions.pairs import Pairs

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / ".cache" / "peers"
NEIGHBOURS = Grid((20, 50, 100, 200), 2, high=3200)


@dataclass(frozen=True)
class Peer:
    """A model of another package: `script` is run by the Python of `environment`.

    `searching` are parameters that the fits of the search get beside those of the grids.
    """

    environment: str
    model: str
    grids: Mapping[str, Grid]
    budget: int
    searching: Mapping[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.environment}/{self.model}"

    @property
    def script(self) -> Path:
        return Path(__file__).parent / f"fit_{self.environment}.py"


PEERS = (
    Peer(
        "implicit",
        "als",
        {
            "regularization": Grid((0.1, 1.0, 10.0), 3.0, low=1e-3),
            "alpha": Grid((1.0, 5.0, 20.0), 3.0, low=0.1),
            "factors": Grid((32, 64, 128), 2, low=8, high=256, start=1),
        },
        16,
    ),
    Peer(
        "implicit",
        "bpr",
        {
            "learning_rate": Grid((0.01, 0.03, 0.1), 3.0, low=1e-3),
            "iterations": Grid((100, 300), 2, high=1200, start=0),
            "regularization": Grid((0.003, 0.01, 0.03), 3.0, low=1e-4),
            "factors": Grid((32, 64, 128), 2, low=8, high=256, start=1),
        },
        16,
    ),
    Peer("implicit", "cosine", {"neighbours": NEIGHBOURS}, 8),
    Peer("implicit", "tfidf", {"neighbours": NEIGHBOURS}, 8),
    Peer("implicit", "bm25", {"neighbours": NEIGHBOURS, "b": Grid((0.2, 0.5, 0.8))}, 12),
    Peer(
        "recommenders",
        "sar",
        {
            "similarity": Grid((0, 1, 2, 3, 4)),
            "threshold": Grid((1, 2, 5)),
            "decay_days": Grid((0, 30, 365), start=0),
        },
        12,
    ),
    Peer("recbole", "ease", {"reg_weight": Grid((100.0, 250.0, 500.0), 2.0, low=1.0)}, 6),
    # its trainings take minutes each: few fits, and no second training in the search
    Peer(
        "recbole",
        "lightgcn",
        {
            "learning_rate": Grid((0.001, 0.003, 0.01), 3.0, low=1e-4),
            "n_layers": Grid((1, 2, 3), start=1),
            "reg_weight": Grid((1e-5, 1e-4, 1e-3), 10.0, low=1e-6),
        },
        6,
        {"refit": 0},
    ),
    Peer("recbole", "sasrec", {}, 0),  # reads every prefix of a history as a row: its own settings, one training
)


def make_environment(name: str) -> Path:
    """The Python of `.cache/peers/<name>`, made from infra/peers/<name>.lock where it is not there yet."""
    folder = ENVIRONMENTS / name
    python, lock = folder / "bin" / "python", ROOT / "infra" / "peers" / f"{name}.lock"
    stamp = folder / "lock"
    if not stamp.is_file() or stamp.read_bytes() != lock.read_bytes():
        print(f"making the environment of {name} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        install = [python, "-m", "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", lock]
        # a path of the caller's would count as installed
        subprocess.run(install, check=True, env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"})
        stamp.write_bytes(lock.read_bytes())
    return python


def write_pairs(data: Pairs, path: Path) -> Path:
    """The pairs that somebody liked as a CSV, in order of person and time."""
    liked = data.weights > 0
    frame = pd.DataFrame({"user_id": data.user_ids[data.users[liked]], "item_id": data.item_ids[data.items[liked]]})
    if data.timed:
        frame["timestamp"] = data.times[liked].astype(np.int64)
    frame.to_csv(path, index=False)
    return path


def fit_and_list(peer: Peer, train: Path, data: Pairs, params: Mapping, k: int, seed: int) -> tuple[np.ndarray, float]:
    """-> (U, k) columns of everybody's list, -1 = none, and the seconds of the process, start included."""
    out = train.with_suffix(".lists.csv")
    given = [f"{name}={value}" for name, value in params.items()]
    began = time.perf_counter()
    command = [make_environment(peer.environment), peer.script, train, out, peer.model, str(k), str(seed), *given]
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    seconds = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{peer.name} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    found = pd.read_csv(out, dtype={"user_id": str, "item_id": str})
    lists = np.full((data.shape[0], k), -1, np.int32)
    lists[place_of(data.user_ids, found["user_id"]), found["rank"] - 1] = place_of(data.item_ids, found["item_id"])
    return lists, seconds
