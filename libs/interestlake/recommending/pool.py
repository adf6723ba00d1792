"""Several models' scores -> candidates with a value per model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..models.fitted import Fitted, blocks, top_columns
from ..models.scorer import Scorer

CANDIDATES = 100  # items each model proposes per person
SHIFT, SPAN = 4.0, 10.0  # standard scores from -4 to 6 become values from 0 to 1
LEAST = 0.001  # an opinion is never worth nothing
DECIMALS = 6


@dataclass(frozen=True)
class Pool:
    """Candidates of n people: C rows, each person's together and by ascending column.

    people: (n,) places in user_ids; starts: (n + 1,); columns: (C,) items; values: (C, S) in [0, 1], 0 where a model
    has no opinion; places: (C, S) place in the model's own list from 1, CANDIDATES + 1 beyond it; context: (C, K).
    """

    people: np.ndarray
    starts: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    places: np.ndarray
    context: np.ndarray

    @property
    def owner(self) -> np.ndarray:
        """(C,) which of `people` a row belongs to."""
        return np.repeat(np.arange(len(self.people)), np.diff(self.starts))

    @property
    def histories(self) -> np.ndarray:
        """(n,) items each person has chosen; 0 for a person without a candidate."""
        if not len(self.context):
            return np.zeros(len(self.people))
        first = np.minimum(self.starts[:-1], len(self.context) - 1)
        return np.where(np.diff(self.starts) > 0, np.rint(np.expm1(self.context[first, 1])), 0.0)

    def of_models(self, places: Sequence[int]) -> "Pool":
        """The pool as these models alone see it, by their places among the columns; every candidate stays."""
        return replace(self, values=self.values[:, places], places=self.places[:, places])

    def rows(self, kept: np.ndarray) -> "Pool":
        """The candidates where `kept` (C,) holds; everybody stays, some without any."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.owner[kept], minlength=len(self.people)))])
        parts = (self.columns[kept], self.values[kept], self.places[kept], self.context[kept])
        return Pool(self.people, starts, *parts)

    def pick(self, rows: np.ndarray) -> "Pool":
        """The candidates of `rows`, places in `people`, ascending."""
        kept = np.isin(self.owner, rows)
        starts = np.concatenate([[0], np.cumsum(np.diff(self.starts)[rows])])
        parts = (self.columns[kept], self.values[kept], self.places[kept], self.context[kept])
        return Pool(self.people[rows], starts, *parts)


def gather(
    models: Sequence[Fitted],
    known: Pairs,
    people: np.ndarray,
    friends: sp.csr_matrix | None,
    asked: np.ndarray | None = None,
    seen_too: bool = False,
) -> Pool:
    """`pool_of` of many people, a block at a time, from the histories in `known`.

    asked: (n, m) columns per person, -1 = none, that are the candidates and what each model proposes instead.
    """
    vectors = {name: values for model in models for name, values in model.vectors.items()}
    scorers, user_count = [model.scorer for model in models], people_per_item(known)
    parts, first = [], 0
    # a person's systems are small: a second BLAS thread would wait longer than it works
    with threadpool_limits(1, "blas"):
        for block in blocks(people, known.shape[1]):
            mine = None if asked is None else asked[first : first + len(block)]
            first += len(block)
            batch = known.batch(block, friends, vectors)
            parts.append(pool_of(scorers, batch, block, user_count, asked=mine, seen_too=seen_too))
    return joined(parts) if parts else _empty(len(models))


def people_per_item(known: Pairs) -> np.ndarray:
    """(I,) people who chose an item."""
    return np.asarray((known.matrix > 0).sum(axis=0)).ravel()


def pool_of(
    scorers: Sequence[Scorer],
    batch: UserBatch,
    people: np.ndarray,
    user_count: np.ndarray,
    shut: sp.csr_matrix | None = None,
    asked: np.ndarray | None = None,
    seen_too: bool = False,
) -> Pool:
    """The union of the models' best CANDIDATES per person, and what every model thinks of each of them.

    A model's value of an item is (z + 4) / 10 within [0.001, 1], z its standard score among the model's own proposals
    to that person, also for items it did not propose. context: log(1 + people of the item), log(1 + history), how many
    models proposed the item; where columns are asked, how many have an opinion of it. shut: (B, I), stored entries are
    never proposed, as those of the history, unless `seen_too`. asked: see `gather`.
    """
    shape, history = (batch.size, batch.item_count), batch.history
    barred = sp.csr_matrix(shape, dtype=np.float32) if seen_too else history
    closed = barred if shut is None else sp.csr_matrix(_ones(barred) + _ones(shut))
    scored, proposed = [], np.zeros(shape, np.uint8)
    for scorer in scorers:
        scores = scorer.score(batch)
        columns, own = top_columns(scores, closed, CANDIDATES) if asked is None else _best_first(scores, asked)
        rows, places = np.nonzero(columns >= 0)
        proposed[rows, columns[rows, places]] += 1
        scored.append((scores, columns, own))
    person, column = np.nonzero(proposed) if asked is None else _pairs_of(asked)
    values = np.column_stack([_standard(scores, columns, own, person, column) for scores, columns, own in scored])
    ranks = np.column_stack([_ranks(columns, shape)[person, column] for _, columns, _ in scored])
    length = np.diff(history.indptr)
    context = np.column_stack([np.log1p(user_count[column]), np.log1p(length[person]), proposed[person, column]])
    starts = np.concatenate([[0], np.cumsum(np.bincount(person, minlength=batch.size))])
    return Pool(people, starts, column.astype(np.int32), values, ranks, context.astype(np.float32))


def _ones(matrix: sp.csr_matrix) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones(matrix.nnz, np.float32), matrix.indices, matrix.indptr), matrix.shape)


def _empty(models: int) -> Pool:
    nothing = np.empty((0, models), np.float32)
    return Pool(np.empty(0, np.int64), np.zeros(1, np.int64), np.empty(0, np.int32), nothing,
                nothing.astype(np.int16), np.empty((0, 3), np.float32))  # fmt: skip


def joined(pools: Sequence[Pool]) -> Pool:
    """Pools one after another; a person of two pools counts as two."""
    if len(pools) == 1:
        return pools[0]
    starts = np.concatenate([[0], np.cumsum(np.concatenate([np.diff(pool.starts) for pool in pools]))])
    names = ("columns", "values", "places", "context")
    parts = [np.concatenate([getattr(pool, name) for pool in pools]) for name in names]
    return Pool(np.concatenate([pool.people for pool in pools]), starts, *parts)


def is_relevant(pool: Pool, relevant: Sequence[np.ndarray]) -> np.ndarray:
    """(C,) bool: the candidate was held out from its person. relevant: per person of the pool, columns."""
    width = int(pool.columns.max(initial=0)) + 1
    keys = [person * width + columns[columns < width].astype(np.int64) for person, columns in enumerate(relevant)]
    return np.isin(pool.owner * width + pool.columns, np.concatenate([*keys, np.empty(0, np.int64)]))


def _best_first(scores: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(B, m) asked columns that the model has an opinion of, best first, -1 beyond them, and their scores."""
    own = np.take_along_axis(scores, np.maximum(asked, 0), axis=1).astype(np.float64)
    opinion = (asked >= 0) & (own != 0.0)
    order = np.argsort(np.where(opinion, -own, np.inf), axis=1, kind="stable")
    columns, own, opinion = (np.take_along_axis(values, order, axis=1) for values in (asked, own, opinion))
    return np.where(opinion, columns, -1), np.where(opinion, own, 0.0)


def _pairs_of(asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    person, place = np.nonzero(asked >= 0)
    column = asked[person, place]
    order = np.lexsort((column, person))
    return person[order], column[order]


def _standard(
    scores: np.ndarray, columns: np.ndarray, own: np.ndarray, person: np.ndarray, column: np.ndarray
) -> np.ndarray:
    """(C,) float32: standard scores among a model's own proposals, brought to [LEAST, 1]; 0 = no opinion."""
    shown = columns >= 0
    size = np.maximum(shown.sum(axis=1), 1)
    mean = (own * shown).sum(axis=1) / size
    deviation = np.sqrt((((own - mean[:, None]) * shown) ** 2).sum(axis=1) / size)
    flat = deviation <= 1e-12 * np.abs(own).max(axis=1, initial=0.0)
    given = scores[person, column].astype(np.float64)
    standard = np.where(flat[person], 0.0, (given - mean[person]) / np.where(flat, 1.0, deviation)[person])
    value = np.clip((standard + SHIFT) / SPAN, LEAST, 1.0)
    return np.round(np.where(given == 0.0, 0.0, value), DECIMALS).astype(np.float32)


def _ranks(columns: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """(B, limit) lists -> (B, I) int16 places from 1, CANDIDATES + 1 where the item is not listed."""
    ranks = np.full(shape, CANDIDATES + 1, np.int16)
    rows, places = np.nonzero(columns >= 0)
    ranks[rows, columns[rows, places]] = places + 1
    return ranks


def ordered(pool: Pool, scores: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    """(C,) fused scores -> each person's best `limit` columns (n, limit) int32, -1 = none, and their scores.

    Ties by the lower column.
    """
    order = np.lexsort((pool.columns, -scores, pool.owner))
    owner = pool.owner[order]
    place = np.arange(len(order)) - pool.starts[owner]
    kept = place < limit
    columns = np.full((len(pool.people), limit), -1, np.int32)
    values = np.zeros((len(pool.people), limit))
    columns[owner[kept], place[kept]] = pool.columns[order][kept]
    values[owner[kept], place[kept]] = scores[order][kept]
    return columns, values
