"""What expansions find of the interests that were hidden, and what they add to lists of items. No Spark."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ...evaluation.arrays import ndcg_at
from .choose import matrix
from .model import ExpansionModel, Setting, noisy_or, relative

KS = (5, 10, 20)
DAMPINGS, NEIGHBOURS, WEIGHTS = (0.3, 0.5, 0.85), (20, 50, 100), (0.0, 0.2, 0.5, 0.8)
ADDED = (0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0)
TRIED = "setting int, k int, value double"
FOUND = "model string, metric string, k int, value double"


def settings(steps: int) -> list[Setting]:
    """Every setting that validation people choose from; the first of equals wins, so plain ones come first."""
    weights = [w for w in product(WEIGHTS, WEIGHTS, WEIGHTS) if max(w) == WEIGHTS[-1]]
    return [Setting(d, steps, n, w) for d, n, w in product(DAMPINGS, NEIGHBOURS, weights)]


def best_nodes(scores: np.ndarray, interests: sp.csr_matrix, k: int) -> np.ndarray:
    """(B, N) scores -> (B, k) node numbers, best first, ties to the smaller; -1 where the score is 0 or it is held."""
    free = np.where(interests.toarray() > 0, 0.0, np.round(scores, 12))
    near = min(k, free.shape[1])
    order = np.argsort(-free, axis=1, kind="stable")[:, :near]
    best = np.where(np.take_along_axis(free, order, axis=1) > 0, order, -1)
    return np.pad(best, ((0, 0), (0, k - near)), constant_values=-1)


def found_shares(lists: np.ndarray, hidden: sp.csr_matrix, k: int) -> tuple[np.ndarray, np.ndarray]:
    """(recall, precision) per person: hits within k / hidden, hits within k / k."""
    relevant, rows = hidden.toarray() > 0, np.arange(len(lists))[:, None]
    hits = (relevant[rows, np.maximum(lists[:, :k], 0)] & (lists[:, :k] >= 0)).sum(axis=1)
    return hits / np.maximum(relevant.sum(axis=1), 1), hits / k


def try_settings(model: ExpansionModel, people: pd.DataFrame, tried: Sequence[Setting], k: int) -> pd.DataFrame:
    """people(user_id, nodes, weights, held, hidden) -> (setting number, k, mean recall of the block * people)."""
    profiles, interests, hidden, users = _matrices(model, people)
    walks = {d: relative(model.context(profiles, d, tried[0].steps), interests) for d in {s.damping for s in tried}}
    alike = {n: relative(model.people(profiles, users, n), interests) for n in {s.neighbours for s in tried}}
    facts = relative(model.knowledge(profiles), interests)
    rows = []
    for number, setting in enumerate(tried):
        parts = np.stack([walks[setting.damping], alike[setting.neighbours], facts])
        recall, _ = found_shares(best_nodes(noisy_or(parts, setting.weights), interests, k), hidden, k)
        rows += [(number, k, value) for value in recall]
    return pd.DataFrame(rows, columns=["setting", "k", "value"])


def evaluate_expansion(model: ExpansionModel, people: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """The same people -> FOUND rows, one per person, method and figure: expansion, each source, and the baselines."""
    profiles, interests, hidden, users = _matrices(model, people)
    parts = relative(model.sources(profiles, users, setting), interests)
    scores = {
        "expansion": noisy_or(parts, setting.weights), "context": parts[0], "people": parts[1], "knowledge": parts[2],
        "popularity": np.broadcast_to(model.holders, parts[0].shape), "cooccurrence": model.cooccurrence(profiles),
    }  # fmt: skip
    rows = []
    for name, values in scores.items():
        lists = best_nodes(values, interests, max(KS))
        for k in KS:
            for metric, figures in zip(("recall", "precision"), found_shares(lists, hidden, k), strict=True):
                rows += [(name, metric, k, float(value)) for value in figures]
    rows += _reliability(setting.scale * scores["expansion"], interests)
    return pd.DataFrame(rows, columns=["model", "metric", "k", "value"])


def _reliability(confidence: np.ndarray, interests: sp.csr_matrix) -> list[tuple]:
    """Mean confidence of each person's k surest, to be set beside precision at k."""
    lists = best_nodes(confidence, interests, max(KS))
    rows = np.arange(len(lists))[:, None]
    sure = np.where(lists >= 0, confidence[rows, np.maximum(lists, 0)], 0.0)
    return [("expansion", "mean_confidence", k, float(value)) for k in KS for value in sure[:, :k].mean(axis=1)]


@dataclass(frozen=True)
class ListedItems:
    """carry (I, N): how strongly an item carries a node, rare nodes more; popular (I,): people in train."""

    carry: sp.csr_matrix
    popular: np.ndarray


def item_scores(
    model: ExpansionModel, items: ListedItems, people: pd.DataFrame, setting: Setting, top_k: int
) -> tuple[np.ndarray, np.ndarray]:
    """Scores of items by the profile, and by the person's `top_k` expansions alone: (B, I) each, rows to at most 1."""
    profiles, interests, _, users = _matrices(model, people)
    confidence = noisy_or(relative(model.sources(profiles, users, setting), interests), setting.weights)
    lists = best_nodes(confidence, interests, top_k)
    new = np.zeros_like(confidence)
    rows, places = np.nonzero(lists >= 0)
    new[rows, lists[rows, places]] = confidence[rows, lists[rows, places]]
    own = (items.carry @ profiles.T).toarray().T
    more = (items.carry @ new.T).T
    return tuple(s / np.maximum(s.max(axis=1, keepdims=True), 1e-300) for s in (own, more))


def evaluate_items(
    model: ExpansionModel, items: ListedItems, people: pd.DataFrame, setting: Setting, top_k: int
) -> pd.DataFrame:
    """people(..., seen, wanted as item numbers) -> FOUND rows: nDCG and recall at 10 of lists of items.

    Models: popularity, and profile+X: the profile's scores plus X times those of the expansions, X among ADDED.
    """
    own, more = item_scores(model, items, people, setting, top_k)
    count = items.carry.shape[0]
    seen, relevant = (matrix(people[name], None, count) for name in ("seen", "wanted"))
    scores = {"popularity": np.broadcast_to(items.popular + 1e-9, own.shape)}
    scores |= {f"profile+{added:g}": own + added * more for added in ADDED}
    rows = []
    sizes = np.asarray((relevant > 0).sum(axis=1)).ravel()
    for name, values in scores.items():
        lists = best_nodes(values, seen, 10)
        hits = (relevant.toarray() > 0)[np.arange(len(lists))[:, None], np.maximum(lists, 0)] & (lists >= 0)
        rows += [(name, "ndcg", 10, float(value)) for value in ndcg_at(hits, sizes, 10)]
        rows += [(name, "recall", 10, float(value)) for value in hits.sum(axis=1) / sizes]
    return pd.DataFrame(rows, columns=["model", "metric", "k", "value"])


def _matrices(model: ExpansionModel, people: pd.DataFrame):
    hidden = people["hidden"] if "hidden" in people else pd.Series([None] * len(people))
    return (matrix(people["nodes"], people["weights"], model.size), matrix(people["held"], None, model.size),
            matrix(hidden, None, model.size), people["user_id"].to_numpy(object))  # fmt: skip
