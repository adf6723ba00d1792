"""Weights of the fused list, on the simplex, fitted on validation feedback."""

from collections.abc import Sequence

import numpy as np

from .cross_fit import beats, folds_of_people, standard_error
from .pool import CANDIDATES, Pool, is_relevant
from .segments import SEGMENTS
from .weigh import bagged_mean, best_mean, first_draws, refined_draws

DRAWS = 512
MANY = 1_000  # people from whom a second round of draws, around the first one's best, learns no chance of theirs
KEPT = 10
BAGS = 50
DOUBT = 5.0  # people of support at which a model keeps half of its weight
NEAR = 2.0  # standard errors behind the best model that count as one
LEAST_SHARE = 1e-4  # of popularity beside a single model: a list for those of whom it knows nothing, no other order
MIN_SEGMENT = 100  # validation people that weights of their own are worth trying for


def support(pool: Pool, relevant: Sequence[np.ndarray]) -> np.ndarray:
    """(S,) people to whom a model proposes, among its CANDIDATES, an item that was held out from them."""
    rows, models = np.nonzero((pool.places <= CANDIDATES) & is_relevant(pool, relevant)[:, None])
    right = np.zeros((len(pool.people), pool.values.shape[1]), bool)
    right[pool.owner[rows], models] = True
    return right.sum(axis=0)


class Weighing:
    """Weights drawn for a pool and what each earns on each person, so that fits on parts of the people are cheap.

    draws (W, S): over popularity and the models that have any support; of MANY people a second round around what the
    first found, which on few would tell a fit on some of them about the rest; ndcg (n, W): of the list that each gives
    each person; alone, alone_ndcg: the same of single models; trust (S,): h / (h + DOUBT), h the model's support, which
    every fit is shrunk by.
    """

    def __init__(self, pool: Pool, relevant: Sequence[np.ndarray], k: int, popularity: int, seed: int):
        self.people, self.seed = pool.people, seed
        people = support(pool, relevant)
        speaks = people > 0
        speaks[popularity] = True
        self.trust = np.where(speaks, people / (people + DOUBT), 0.0)
        self.trust[popularity] = 1.0
        self.alone = (1 - LEAST_SHARE) * np.eye(len(speaks))[speaks]
        self.alone[:, popularity] += LEAST_SHARE
        self.alone_ndcg = ndcg_by_person(pool, relevant, self.alone, k)
        first = first_draws(pool.values.shape[1], DRAWS, popularity, seed, speaks)
        self.draws, self.ndcg = first, ndcg_by_person(pool, relevant, first, k)
        if len(np.unique(pool.people)) >= MANY:
            near = refined_draws(self.fitted(), DRAWS // 2, popularity, seed + 1, speaks)
            self.draws = np.vstack([first, near])
            self.ndcg = np.hstack([self.ndcg, ndcg_by_person(pool, relevant, near, k)])

    def fitted(self, rows: np.ndarray | None = None) -> np.ndarray:
        """(S,) weights by the people of `rows`, places in the pool, None = all: the KEPT best draws' mean, over
        BAGS bootstraps of those people."""
        rows = np.arange(len(self.people)) if rows is None else rows
        return self._shrunk(bagged_mean(self.draws, self.ndcg[rows], self.people[rows], KEPT, BAGS, self.seed))

    def leading(self, rows: np.ndarray) -> np.ndarray:
        """(S,) weights of the models that cannot be told from the best one by the people of `rows`: exp(-z^2 / 8), z
        the standard errors that a model is behind it. With many people all but the best fall silent."""
        own = self.alone_ndcg[rows]
        behind = own[:, [own.mean(axis=0).argmax()]] - own
        errors = np.array([standard_error(column, self.people[rows]) for column in behind.T])
        z = np.divide(behind.mean(axis=0), errors, out=np.zeros(len(errors)), where=errors > 0)
        near = np.exp(-0.5 * (z / NEAR) ** 2)
        return self._shrunk(near @ self.alone)

    def _shrunk(self, weights: np.ndarray) -> np.ndarray:
        trusted = weights * self.trust
        return trusted / trusted.sum()


def fit_weights(pool: Pool, relevant: Sequence[np.ndarray], k: int, popularity: int, seed: int) -> np.ndarray:
    """(S,) weights of a large mean nDCG@k, steady under another draw of the people: see `Weighing`.

    relevant: per person of the pool, the held-out columns.
    """
    return Weighing(pool, relevant, k, popularity, seed).fitted()


def segment_of(histories: np.ndarray) -> np.ndarray:
    """History lengths -> 0 for fewer than SEGMENTS[0] items, and so on."""
    return np.digitize(histories, SEGMENTS)


def fit_segments(
    pool: Pool, relevant: Sequence[np.ndarray], weights: np.ndarray, k: int, popularity: int, seed: int
) -> dict[int, np.ndarray]:
    """segment -> (S,) weights, for segments where weights of their own are better on people they were not fitted on.

    The people of a segment are halved; each half's weights, drawn around the global ones, are judged on the other half
    against the global ones. Where both together gain more than the standard error of their gain, the segment gets
    weights fitted on all of its people.
    """
    fitted, segments = {}, segment_of(pool.histories)
    for segment in np.unique(segments):
        rows = np.flatnonzero(segments == segment)
        if len(rows) < MIN_SEGMENT:
            continue
        halves = folds_of_people(pool.people[rows], 2, seed)
        parts, gains = [rows[halves == half] for half in (0, 1)], []
        for mine, other in (parts, parts[::-1]):
            own = _near(pool.pick(mine), [relevant[row] for row in mine], weights, k, popularity, seed)
            both = np.vstack([own, weights])
            judged = ndcg_by_person(pool.pick(other), [relevant[row] for row in other], both, k)
            gains.append(judged[:, 0] - judged[:, 1])
        if beats(np.concatenate(gains), pool.people[np.concatenate(parts[::-1])], 1.0):
            fitted[int(segment)] = _near(pool.pick(rows), [relevant[row] for row in rows], weights, k, popularity, seed)
    return fitted


def _near(
    pool: Pool, relevant: Sequence[np.ndarray], weights: np.ndarray, k: int, popularity: int, seed: int
) -> np.ndarray:
    tried = refined_draws(weights, DRAWS // 2, popularity, seed, weights > 0)
    return best_mean(tried, mean_ndcg(pool, relevant, tried, k), KEPT)


def mean_ndcg(pool: Pool, relevant: Sequence[np.ndarray], weights: np.ndarray, k: int) -> np.ndarray:
    """(W,) mean nDCG@k over the pool's people under each of (W, S) weights; ties by the lower column."""
    return ndcg_by_person(pool, relevant, weights, k).sum(axis=0) / max(len(relevant), 1)


def ndcg_by_person(pool: Pool, relevant: Sequence[np.ndarray], weights: np.ndarray, k: int) -> np.ndarray:
    """(n, W) nDCG@k of each of the pool's people under each of (W, S) weights; ties by the lower column."""
    ndcg = np.zeros((len(relevant), len(weights)))
    discount = 1 / np.log2(np.arange(k) + 2)
    for person, columns in enumerate(relevant):
        span = slice(pool.starts[person], pool.starts[person + 1])
        hits = np.flatnonzero(np.isin(pool.columns[span], columns))
        if not len(hits):
            continue
        fused = np.round(pool.values[span] @ weights.T, 6)  # (C, S) @ (S, W) -> (C, W)
        for hit in hits:
            better = (fused > fused[hit]).sum(axis=0) + (fused[:hit] == fused[hit]).sum(axis=0)
            gained = np.where(better < k, discount[np.minimum(better, k - 1)], 0.0)
            ndcg[person] += gained / discount[: len(columns)].sum()
    return ndcg
