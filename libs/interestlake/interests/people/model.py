"""Who may know or learn from whom: shared friends and shared interests, in one score. No Spark."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ..expansion.measure import best_nodes, found_shares
from ..expansion.model import relative, unit_rows

SHARES = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0)  # of interests in the score, tried on validation people
KS = (5, 10, 20)
SHARED = 3  # interests named beside a person
BLOCK_CELLS = 8_000_000
LISTS = "user_id string, rank int, other_id string, score double, common_friends int, shared array<string>"
FOUND = "half string, model string, metric string, k int, value double"


@dataclass(frozen=True)
class PeopleModel:
    """user_ids (U,) ascending; tastes (U, N + I) unit rows, see `tastes`; labels (N,) of the interests, which stand
    first; friends (U, U) 0/1, symmetric."""

    user_ids: np.ndarray
    tastes: sp.csr_matrix
    labels: np.ndarray
    friends: sp.csr_matrix

    def common_friends(self, rows: np.ndarray) -> np.ndarray:
        """(B, U): friends of both (Liben-Nowell and Kleinberg, 2007)."""
        return (self.friends[rows] @ self.friends).toarray()

    def adamic_adar(self, rows: np.ndarray) -> np.ndarray:
        """(B, U): sum over common friends of 1 / ln(their friends), rare friends say more (Adamic and Adar, 2003)."""
        degree = np.asarray(self.friends.sum(axis=0)).ravel()
        rarity = sp.diags(1 / np.log(np.maximum(degree, 2.0)))
        return (self.friends[rows] @ rarity @ self.friends).toarray()

    def alike(self, rows: np.ndarray) -> np.ndarray:
        """(B, U): cosine of the tastes."""
        return (self.tastes[rows] @ self.tastes.T).toarray()

    def known(self, rows: np.ndarray) -> sp.csr_matrix:
        """(B, U): oneself and one's friends."""
        return (self.friends[rows] + sp.identity(len(self.user_ids), format="csr")[rows]).tocsr()

    def parts(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Adamic-Adar and likeness among the people not yet known, each person's best 1."""
        friends_of = self.known(rows)
        return relative(self.adamic_adar(rows), friends_of), relative(self.alike(rows), friends_of)


def tastes(interests: sp.csr_matrix, items: sp.csr_matrix) -> sp.csr_matrix:
    """interests (U, N), items (U, I) -> (U, N + I): unit rows in which both count alike.

    A cosine of two people who have both is the mean of the two cosines.
    """
    return unit_rows(sp.hstack([unit_rows(interests), unit_rows(items)], format="csr"))


def blocks(frames: Iterator[pd.DataFrame], size: int) -> Iterator[np.ndarray]:
    """Numbers of people in pieces whose score matrices stay small."""
    count = max(1, min(512, BLOCK_CELLS // max(size, 1)))
    for frame in frames:
        rows = frame["row"].to_numpy(np.int64)
        for start in range(0, len(rows), count):
            yield rows[start : start + count]


def lists(model: PeopleModel, rows: np.ndarray, share: float, top_k: int) -> pd.DataFrame:
    """LISTS rows: score = (1 - share) * Adamic-Adar + share * likeness, both relative; ties by user_id."""
    social, alike = model.parts(rows)
    scores, common = (1 - share) * social + share * alike, model.common_friends(rows)
    candidates, made = best_nodes(scores, model.known(rows), top_k), []
    for place, row in enumerate(rows):
        own = model.tastes[row, : len(model.labels)]
        for rank, other in enumerate(candidates[place][candidates[place] >= 0], 1):
            both = own.multiply(model.tastes[other, : len(model.labels)]).tocsr()
            order = np.lexsort((both.indices, -np.round(both.data, 9)))[:SHARED]
            made.append((model.user_ids[row], rank, model.user_ids[other], float(scores[place, other]),
                         int(common[place, other]), list(model.labels[both.indices[order]])))  # fmt: skip
    return pd.DataFrame(made, columns=[part.split()[0] for part in LISTS.split(", ")])


def evaluate_people(
    model: PeopleModel, rows: np.ndarray, hidden: sp.csr_matrix, validation: np.ndarray
) -> pd.DataFrame:
    """hidden (U, U): friendships that `model` does not have; validation (U,) bool -> FOUND rows of people with any.

    Models: common_friends, adamic_adar, interests, popularity (most friends), and mix+share for each of SHARES.
    """
    rows = rows[np.asarray(hidden[rows].sum(axis=1)).ravel() > 0]
    if not len(rows):
        return pd.DataFrame([], columns=["half", "model", "metric", "k", "value"])
    social, alike = model.parts(rows)
    friends_of, degree = model.known(rows), np.asarray(model.friends.sum(axis=0)).ravel()
    scores = {"common_friends": model.common_friends(rows), "adamic_adar": social, "interests": alike,
              "popularity": np.broadcast_to(degree, social.shape)}  # fmt: skip
    scores |= {f"mix+{share:g}": (1 - share) * social + share * alike for share in SHARES}
    half, made = np.where(validation[rows], "validation", "test"), []
    for name, values in scores.items():
        candidates = best_nodes(values, friends_of, max(KS))
        for k in KS:
            for metric, figures in zip(("recall", "precision"), found_shares(candidates, hidden[rows], k), strict=True):
                made += [(h, name, metric, k, float(value)) for h, value in zip(half, figures, strict=True)]
    return pd.DataFrame(made, columns=["half", "model", "metric", "k", "value"])
