"""Several models' scores -> candidates with a value per model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from threadpoolctl import threadpool_limits

from ..interactions.batch import UserBatch
from ..interactions.pairs import Pairs
from ..interactions.sparse_parts import places_in
from ..models.fitted import Fitted, blocks
from ..models.opinions import Opinions
from ..models.scorer import Scorer

CANDIDATES = 100  # items each model proposes per person
SHIFT, SPAN = 4.0, 10.0  # standard scores from -4 to 6 become values from 0 to 1
LEAST = 0.001  # an opinion is never worth nothing
DECIMALS = 6
EVERY = slice(None)  # rows: all of them


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

    def owners(self, rows: np.ndarray) -> np.ndarray:
        """(n,) which of `people` each of these rows belongs to."""
        return np.searchsorted(self.starts, rows, side="right") - 1

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
        for block in blocks(people, max((scorer.cells(known.shape[1]) for scorer in scorers), default=1)):
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
    opinions: Sequence[Opinions] | None = None,
) -> Pool:
    """The union of the models' best CANDIDATES per person, and what every model thinks of each of them.

    A model's value of an item is (z + 4) / 10 within [0.001, 1], z its standard score among the model's own proposals
    to that person, also for items it did not propose. context: log(1 + people of the item), log(1 + history), how many
    models proposed the item; where columns are asked, how many have an opinion of it. shut: (B, I), stored entries are
    never proposed, as those of the history, unless `seen_too`. asked: see `gather`. opinions: the scorers' of the
    batch, where they are there already.
    """
    shape, history = (batch.size, batch.item_count), batch.history
    barred = sp.csr_matrix(shape, dtype=np.float32) if seen_too else history
    closed = barred if shut is None else sp.csr_matrix(_ones(barred) + _ones(shut))
    opinions = [scorer.opinions(batch) for scorer in scorers] if opinions is None else opinions
    lists = [own.top(closed, CANDIDATES) if asked is None else _best_first(own, asked) for own in opinions]
    listed = [_listed(columns, batch.item_count) for columns, _ in lists]
    keys, proposed = np.unique(np.concatenate([mine for mine, _ in listed]), return_counts=True)
    if asked is not None:
        among, asked_keys = (keys, proposed), _keys_of(asked, batch.item_count)
        keys, proposed = asked_keys, _looked_up(asked_keys, *among, 0)
    person, column = np.divmod(keys, batch.item_count)
    scored = zip(opinions, lists, strict=True)
    values = np.column_stack([_standard(own, *shown, person, column) for own, shown in scored])
    ranks = np.column_stack([_looked_up(keys, *mine, CANDIDATES + 1) for mine in listed]).astype(np.int16)
    length = np.diff(history.indptr)
    context = np.column_stack([np.log1p(user_count[column]), np.log1p(length[person]), proposed])
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


def _best_first(opinions: Opinions, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(B, m) asked columns that the model has an opinion of, best first, -1 beyond them, and their scores."""
    own = opinions.at(np.repeat(np.arange(len(asked)), asked.shape[1]), np.maximum(asked, 0).ravel())
    own = own.reshape(asked.shape).astype(np.float64)
    opinion = (asked >= 0) & (own != 0.0)
    order = np.argsort(np.where(opinion, -own, np.inf), axis=1, kind="stable")
    columns, own, opinion = (np.take_along_axis(values, order, axis=1) for values in (asked, own, opinion))
    return np.where(opinion, columns, -1), np.where(opinion, own, 0.0)


def _keys_of(asked: np.ndarray, item_count: int) -> np.ndarray:
    """(B, m) columns, -1 = none -> ascending keys person * I + column."""
    person, place = np.nonzero(asked >= 0)
    return np.sort(person * item_count + asked[person, place].astype(np.int64))


def _listed(columns: np.ndarray, item_count: int) -> tuple[np.ndarray, np.ndarray]:
    """(B, limit) lists -> ascending keys person * I + column, and the place of each from 1."""
    person, place = np.nonzero(columns >= 0)
    keys = person * item_count + columns[person, place].astype(np.int64)
    order = np.argsort(keys)
    return keys[order], place[order] + 1


def _looked_up(asked: np.ndarray, keys: np.ndarray, values: np.ndarray, otherwise: int) -> np.ndarray:
    """Of each asked key its value among ascending keys, else `otherwise`."""
    if not len(keys):
        return np.full(len(asked), otherwise)
    place = places_in(keys, asked)
    return np.where(place >= 0, values[place], otherwise)


def _standard(
    opinions: Opinions, columns: np.ndarray, own: np.ndarray, person: np.ndarray, column: np.ndarray
) -> np.ndarray:
    """(C,) float32: standard scores among a model's own proposals, brought to [LEAST, 1]; 0 = no opinion."""
    shown = columns >= 0
    size = np.maximum(shown.sum(axis=1), 1)
    mean = (own * shown).sum(axis=1) / size
    deviation = np.sqrt((((own - mean[:, None]) * shown) ** 2).sum(axis=1) / size)
    flat = deviation <= 1e-12 * np.abs(own).max(axis=1, initial=0.0)
    given = opinions.at(person, column).astype(np.float64)
    standard = np.where(flat[person], 0.0, (given - mean[person]) / np.where(flat, 1.0, deviation)[person])
    value = np.clip((standard + SHIFT) / SPAN, LEAST, 1.0)
    return np.round(np.where(given == 0.0, 0.0, value), DECIMALS).astype(np.float32)


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
