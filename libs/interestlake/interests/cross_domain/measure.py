"""Lists in a catalogue for people who were never seen in it, by what another catalogue knows of them. No Spark."""

from dataclasses import dataclass
from functools import reduce

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ...evaluation.arrays import ndcg_at
from ..expansion.choose import matrix
from ..expansion.measure import best_nodes
from ..node_vectors import matrix_of

TEXT_SHARES, POPULAR_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0), (0.0, 0.25, 0.5, 0.75)
KS = (10, 20)
FOUND = "half string, model string, metric string, k int, value double"


@dataclass(frozen=True)
class Shop:
    """The target catalogue: carry (I, N) of the shared nodes, rare ones more; texts (I, d) unit rows, zeros where
    unknown; popular (I,) people of it who are not judged."""

    carry: sp.csr_matrix
    texts: np.ndarray
    popular: np.ndarray


def scores(shop: Shop, people: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """people(nodes, weights, text_vector) -> (B, I) by interests, by text, by popularity, each person's best 1."""
    profiles = matrix(people["nodes"], people["weights"], shop.carry.shape[1])
    spoken = people["text_vector"] if shop.texts.any() else pd.Series([None] * len(people))
    profile = _unit(matrix_of(spoken, shop.texts.shape[1]))
    by_text = np.maximum(profile @ shop.texts.T, 0.0)
    popular = np.broadcast_to(shop.popular + 1e-9, by_text.shape)
    return _best_one((shop.carry @ profiles.T).toarray().T), _best_one(by_text), _best_one(popular)


def mixes() -> dict[str, tuple[float, float, float]]:
    """Name -> weights of interests, text and popularity, tried on validation people; the plainest first."""
    return {f"mix text {t:g} popular {p:g}": ((1 - p) * (1 - t), (1 - p) * t, p)
            for p in POPULAR_SHARES for t in TEXT_SHARES}  # fmt: skip


def evaluate_shop(shop: Shop, people: pd.DataFrame) -> pd.DataFrame:
    """people(half, nodes, weights, text_vector, wanted as item numbers) -> FOUND rows, one per person and figure."""
    parts = scores(shop, people)
    relevant = matrix(people["wanted"], None, len(shop.popular)).toarray() > 0
    none = sp.csr_matrix(relevant.shape)
    models = {"interests": (1, 0, 0), "text": (0, 1, 0), "popularity": (0, 0, 1)} | mixes()
    sizes, place, rows = relevant.sum(axis=1), np.arange(len(people))[:, None], []
    for name, weights in models.items():
        lists = best_nodes(reduce(np.add, (w * part for w, part in zip(weights, parts, strict=True))), none, max(KS))
        hits = relevant[place, np.maximum(lists, 0)] & (lists >= 0)
        for k in KS:
            figures = {"recall": hits[:, :k].sum(axis=1) / sizes, "ndcg": ndcg_at(hits, sizes, k)}
            rows += [(half, name, metric, k, float(value)) for metric, values in figures.items()
                     for half, value in zip(people["half"], values, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["half", "model", "metric", "k", "value"])


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


def _best_one(values: np.ndarray) -> np.ndarray:
    return values / np.maximum(values.max(axis=1, keepdims=True), 1e-300)
