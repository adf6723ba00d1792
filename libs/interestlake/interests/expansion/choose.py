"""From scores to a person's list, without what is held under another name, the surest or most surprising first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from .model import SOURCES, ExpansionModel, Setting, noisy_or, relative
from .paths import Paths, unlikeness

POOL = 10  # times the list's length: what a selection for surprise may choose from
BLOCK_CELLS = 4_000_000
EXPANSIONS = (
    "user_id string, interest string, kind string, label string, confidence double, surprise double, source string, "
    "path array<string>"
)


@dataclass(frozen=True)
class Selection:
    """How many, and how surprising: value = confidence^(1 - surprise) * unlikeness^surprise."""

    top_k: int
    surprise: float


def plain(label: str) -> str:
    """What a label says, whatever its kind: lower case, letters and digits, single blanks."""
    return " ".join(re.sub(r"[^\w]+", " ", label.replace("_", " ").lower()).split())


def matrix(nodes: pd.Series, weights: pd.Series | None, size: int) -> sp.csr_matrix:
    """Arrays of node numbers and weights (None: ones) per person -> (B, size); rows with weights sum to 1."""
    rows = [np.asarray([] if v is None else v, np.int64) for v in nodes]
    data = [np.ones(len(r)) for r in rows] if weights is None else [np.asarray([] if w is None else w, float)
                                                                   for w in weights]  # fmt: skip
    if weights is not None:
        data = [w / max(w.sum(), 1e-300) for w in data]
    starts = np.concatenate([[0], np.cumsum([len(r) for r in rows])])
    flat = np.concatenate([*data, np.empty(0)]), np.concatenate([*rows, np.empty(0, np.int64)]), starts
    rows_by_node = sp.csr_matrix(flat, shape=(len(rows), size))
    rows_by_node.sort_indices()
    return rows_by_node


def blocks(frames: Iterator[pd.DataFrame], size: int) -> Iterator[pd.DataFrame]:
    """Frames of people in pieces whose score matrices stay small."""
    rows = max(1, min(512, BLOCK_CELLS // max(size, 1)))
    for frame in frames:
        for start in range(0, len(frame), rows):
            yield frame.iloc[start : start + rows]


def expand_block(model: ExpansionModel, people: pd.DataFrame, setting: Setting, selection: Selection) -> pd.DataFrame:
    """people(user_id, nodes, weights, held) -> EXPANSIONS rows; a row without a path is left out."""
    profiles = matrix(people["nodes"], people["weights"], model.size)
    interests = matrix(people["held"], None, model.size)
    users = people["user_id"].to_numpy(object)
    parts = relative(model.sources(profiles, users, setting), interests)
    confidence = setting.scale * noisy_or(parts, setting.weights)  # (B, N)
    added = parts * np.array(setting.weights)[:, None, None]
    near, paths = model.neighbours(profiles, users, setting.neighbours), Paths(model, setting)
    rows = []
    for person in range(len(people)):
        start = profiles[person].indices
        taken = {plain(model.labels[node]) for node in interests[person].indices}
        for node, surprise in _ranked(model, confidence[person], start, taken, selection):
            strongest = np.argsort(-np.round(added[:, person, node], 9), kind="stable")
            for source in (SOURCES[j] for j in strongest if added[j, person, node] > 0):
                path = paths.labels(source, profiles[person], near[person], node)
                if path:
                    rows.append((users[person], model.nodes[node], model.kinds[node], model.labels[node],
                                 float(confidence[person, node]), float(surprise), source, path))  # fmt: skip
                    break
    return pd.DataFrame(rows, columns=[part.split()[0] for part in EXPANSIONS.split(", ")])


def _ranked(model: ExpansionModel, confidence: np.ndarray, start: np.ndarray, taken: set[str], selection: Selection):
    """(node, surprise) of at most top_k nodes of distinct labels that are not `taken`, best value first."""
    pool = np.argsort(-np.round(confidence, 9), kind="stable")[: POOL * selection.top_k]
    pool = pool[confidence[pool] > 0]
    surprise = unlikeness(model, start, pool)
    value = np.round(confidence[pool] ** (1 - selection.surprise) * surprise**selection.surprise, 9)
    chosen, names = [], set(taken)
    for place in np.argsort(-value, kind="stable"):
        name = plain(model.labels[pool[place]])
        if name in names:
            continue
        names.add(name)
        chosen.append((int(pool[place]), surprise[place]))
        if len(chosen) == selection.top_k:
            break
    return chosen
