"""Pools and lists of models whose scores are written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from interestlake.interactions.batch import UserBatch
from interestlake.models.fitted import Fitted
from interestlake.models.scorer import Scorer
from interestlake.recommending.blocks import Catalogue
from interestlake.recommending.fusion import Fusion
from interestlake.recommending.pool import Pool, pool_of
from interestlake.recommending.recommender import ItemInterests, Recommender


@dataclass(frozen=True)
class Given(Scorer):
    """Says what it was told: scores (B, I) of the people of one batch, in their order."""

    name: str
    scores: np.ndarray

    def score(self, batch: UserBatch) -> np.ndarray:
        return self.scores[: batch.size].astype(np.float32)


def batch_of(histories: Sequence[Sequence[int]], items: int) -> UserBatch:
    """People with these columns chosen, nothing else known."""
    matrix = sp.lil_matrix((len(histories), items), dtype=np.float32)
    for row, columns in enumerate(histories):
        matrix[row, list(columns)] = 1
    nothing = sp.csr_matrix((len(histories), items), dtype=np.float32)
    return UserBatch(matrix.tocsr(), nothing, nothing, {})


def pool_by(scores: Mapping[str, np.ndarray], histories=None, user_count=None, **more) -> Pool:
    """name -> (B, I) scores -> the pool of these models, in this order."""
    people, items = next(iter(scores.values())).shape
    batch = batch_of(histories or [[]] * people, items)
    counts = np.ones(items) if user_count is None else np.asarray(user_count)
    return pool_of([Given(name, rows) for name, rows in scores.items()], batch, np.arange(people), counts, **more)


def small_recommender(
    scorers: Sequence[Scorer], weights: Sequence[float], reasons: Mapping[str, str], user_counts: np.ndarray, **more
) -> Recommender:
    """Scorers over items i00, i01, ... titled Title 0, ..., fused by fixed weights; no interests."""
    count = len(user_counts)
    ids, titles = (np.array([form.format(n) for n in range(count)], object) for form in ("i{:02d}", "Title {}"))
    catalogue = Catalogue(ids, titles, np.arange(count))
    nothing = ItemInterests(sp.csr_matrix((count, 0), dtype=np.float32), np.empty(0, object), np.empty(0, object))
    names = tuple(scorer.name for scorer in scorers)
    fitted = {scorer.name: Fitted(scorer) for scorer in scorers}
    fusion = Fusion(names, "weights", np.array(weights, float))
    return Recommender(catalogue, np.asarray(user_counts, np.float32), fitted, fusion, reasons, {},
                       more.pop("interests", nothing), **more)  # fmt: skip
