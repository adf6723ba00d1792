"""People's histories as steps over interests, and how far from the top a model has the next one. No Spark, no torch."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

KS = (1, 5, 10)
PRIORS = (1.0, 10.0, 100.0)  # steps that the population counts for, tried on validation steps
TRAIN, VALIDATION, TEST = 0, 1, 2


@dataclass(frozen=True)
class Steps:
    """n steps over N interests, sorted by person and time: owner, node, split (n,) int; a person's first step has no
    earlier one and is never predicted."""

    owner: np.ndarray
    node: np.ndarray
    split: np.ndarray
    nodes: np.ndarray

    @property
    def size(self) -> int:
        return len(self.nodes)

    @cached_property
    def follows(self) -> np.ndarray:
        """(n,) bool: the step before is the same person's."""
        return np.diff(self.owner, prepend=-1) == 0

    def targets(self, split: int) -> np.ndarray:
        """Places of the steps of a split that follow another."""
        return np.flatnonzero(self.follows & (self.split == split))

    @cached_property
    def popularity(self) -> np.ndarray:
        """(N,) share of the train steps."""
        return np.bincount(self.node[self.split == TRAIN], minlength=self.size) / max((self.split == TRAIN).sum(), 1)

    @cached_property
    def transitions(self) -> np.ndarray:
        """(N, N) counts of b right after a, both in train."""
        last = np.flatnonzero(self.follows & (self.split == TRAIN))
        counts = np.zeros((self.size, self.size))
        np.add.at(counts, (self.node[last - 1], self.node[last]), 1.0)
        return counts


def ranks(scores: np.ndarray, target: np.ndarray) -> np.ndarray:
    """scores (T, N), target (T,) -> place of the target from 1; of equal scores the smaller node first."""
    scores = np.round(scores.astype(float), 9)
    own = scores[np.arange(len(target)), target][:, None]
    before = (scores > own) | ((scores == own) & (np.arange(scores.shape[1])[None, :] < target[:, None]))
    return before.sum(axis=1) + 1


def figures(places: np.ndarray) -> dict[tuple[str, int], float]:
    """hit_rate at KS and mrr."""
    values = {("hit_rate", k): float((places <= k).mean()) for k in KS}
    return values | {("mrr", 0): float((1 / places).mean())}


def popularity(steps: Steps, at: np.ndarray, prior: float) -> np.ndarray:
    """The share of each interest in train, for everyone. (T, N)."""
    return np.broadcast_to(steps.popularity, (len(at), steps.size))


def markov(steps: Steps, at: np.ndarray, prior: float) -> np.ndarray:
    """P(b | a) = (count(a, b) + prior * popularity(b)) / (count(a) + prior), a the step before. (T, N)."""
    counts = steps.transitions + prior * steps.popularity
    return (counts / counts.sum(axis=1, keepdims=True))[steps.node[at - 1]]


def own_share(steps: Steps, at: np.ndarray, prior: float) -> np.ndarray:
    """The person's own shares of the steps before, towards popularity: (count + prior * popularity) / ... (T, N)."""
    first = np.searchsorted(steps.owner, steps.owner[at])
    counts = np.stack([np.bincount(steps.node[a:b], minlength=steps.size) for a, b in zip(first, at, strict=True)])
    return (counts + prior * steps.popularity) / (counts.sum(axis=1, keepdims=True) + prior)


BASELINES = {"popularity": popularity, "markov": markov, "own_share": own_share}


def judge_baselines(steps: Steps) -> dict[str, np.ndarray]:
    """Model -> places of the test targets, each with the prior that validation steps choose by mrr."""
    places, validation, test = {}, steps.targets(VALIDATION), steps.targets(TEST)
    for name, score in BASELINES.items():
        values = [_mrr(score(steps, validation, prior), steps.node[validation]) for prior in PRIORS]
        best = PRIORS[int(np.argmax(np.round(values, 9)))]
        places[name] = ranks(score(steps, test, best), steps.node[test])
    return places


def _mrr(scores: np.ndarray, target: np.ndarray) -> float:
    return float((1 / ranks(scores, target)).mean()) if len(target) else 0.0
