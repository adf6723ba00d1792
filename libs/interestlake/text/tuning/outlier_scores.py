"""How much a text looks in scope, by its logits, and the threshold under which it is rejected."""

from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax, logsumexp

# without out-of-scope rows in dev nothing can choose between the scores
UNTRIED = "outlier"
ABOVE_ALL = 1e-6


@dataclass(frozen=True)
class Threshold:
    """A text whose `score` is below `value` is out of scope; dev_recall of each score, empty without such dev rows."""

    score: str
    value: float
    dev_recall: dict[str, float]


def in_scope_scores(logits: np.ndarray) -> dict[str, np.ndarray]:
    """logits (n, classes + 1), the last one the outlier's -> scores (n,), each higher for texts in scope.

    With z the classes' logits and o the outlier's: energy = log sum exp z (Liu et al., 2020); max_softmax = max softmax
    z (Hendrycks and Gimpel, 2017); distance = max z, the scaled cosine to the nearest class vector; outlier = log sum
    exp z - o, the log odds against the outlier class; joint = max log softmax of z within (z, o).
    """
    classes, other = logits[:, :-1].astype(np.float64), logits[:, -1].astype(np.float64)
    energy = logsumexp(classes, axis=1)
    return {
        "energy": energy,
        "max_softmax": np.exp(classes.max(axis=1) - energy),
        "distance": classes.max(axis=1),
        "outlier": energy - other,
        "joint": log_softmax(logits.astype(np.float64), axis=1)[:, :-1].max(axis=1),
    }


def choose_threshold(logits: np.ndarray, labels: np.ndarray, keep: float) -> Threshold:
    """Dev logits (n, classes + 1) and labels (n,), the last class out of scope -> score and threshold.

    For each score the threshold is the highest that keeps a `keep` share of the in-scope rows that are answered right;
    the score that then rejects most out-of-scope rows is taken (the first named in a tie, "outlier" where dev has no
    such rows). So the accuracy with rejection is at least `keep` of that without, on dev.
    """
    outside = labels == logits.shape[1] - 1
    right = ~outside & (logits[:, :-1].argmax(axis=1) == labels)
    values, recall = {}, {}
    for name, score in in_scope_scores(logits).items():
        highest_first = np.sort(score[right])[::-1]
        if not len(highest_first):
            values[name] = float(score.min()) - ABOVE_ALL
        else:
            values[name] = float(highest_first[int(np.ceil(keep * len(highest_first))) - 1])
        if outside.any():
            recall[name] = float((score[outside] < values[name]).mean())
    chosen = max(recall, key=recall.__getitem__) if recall else UNTRIED
    return Threshold(chosen, values[chosen], recall)


def is_rejected(logits: np.ndarray, threshold: Threshold) -> np.ndarray:
    """logits (n, classes + 1) -> (n,) bool."""
    return in_scope_scores(logits)[threshold.score] < threshold.value
