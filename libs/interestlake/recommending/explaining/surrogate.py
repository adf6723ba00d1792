"""A local surrogate of the whole ranker: which history items, friends and the crowd carry one score (Kernel SHAP)."""

from collections.abc import Mapping

import numpy as np
import shap

from ..recommender import Recommender
from .faithful import NOTHING, score_rows, speaking, without_items

MOST_ITEMS = 10
SAMPLES = 256


def explain_score(
    person: Mapping, column: int, evidence: list[int], recommender: Recommender, seed: int = 42
) -> tuple[dict[str, float], float, float]:
    """-> (feature -> SHAP value, score with nothing, score with everything); the values sum to the difference.

    The ranker is taken as a function of what is switched on: up to MOST_ITEMS items of the history (`evidence` first,
    then the newest), "friends" and "popularity"; history items beyond them stay on. Kernel SHAP (Lundberg and Lee 2017)
    over SAMPLES masks, exact where 2^features is no more. Keys of items are item ids. A score of 0 is "not proposed".
    """
    catalogue = recommender.catalogue
    items = [] if person["items"] is None else list(catalogue.column_of_index[np.asarray(person["items"])])
    newest = [int(c) for c in reversed(items)]
    chosen = list(dict.fromkeys([*evidence, *newest]))[:MOST_ITEMS]
    unpopular = speaking(recommender, "popular")
    features = [str(catalogue.item_ids[c]) for c in chosen]
    if person["friend_items"] is not None and len(person["friend_items"]):
        features.append("friends")
    features.append("popularity")

    def ranker(masks: np.ndarray) -> np.ndarray:
        """(n, features) of 0 and 1 -> (n,) fused scores of the item."""
        unique, back = np.unique(np.asarray(masks) > 0.5, axis=0, return_inverse=True)
        rows, muted = [], []
        for mask in unique:
            on = dict(zip(features, mask, strict=True))
            gone = {c for c in chosen if not on[str(catalogue.item_ids[c])]}
            row = without_items(person, gone, catalogue.index_of_column) if gone else dict(person)
            if not on.get("friends", True):
                row |= {"friend_items": None, "friend_weights": None}
            rows.append(row)
            muted.append(NOTHING if on["popularity"] else unpopular)
        values_of_sets = []
        for columns, scores in score_rows(rows, muted, recommender):
            at = np.flatnonzero(columns == column)
            values_of_sets.append(float(scores[at[0]]) if len(at) else 0.0)
        return np.array(values_of_sets)[back.ravel()]

    state = np.random.get_state()
    np.random.seed(seed)  # shap draws its masks from numpy's global state
    try:
        explainer = shap.KernelExplainer(ranker, np.zeros((1, len(features))))
        values = explainer.shap_values(np.ones((1, len(features))), nsamples=SAMPLES, silent=True, l1_reg=False)
    finally:
        np.random.set_state(state)
    ends = ranker(np.array([np.zeros(len(features)), np.ones(len(features))]))
    return dict(zip(features, map(float, np.ravel(values)), strict=True)), float(ends[0]), float(ends[1])
