"""Everything that lists are made of, held once and broadcast: catalogue, fitted models, fusion, interests, rails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from logging import Logger

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ..interactions.batch import UserBatch
from ..models.fitted import Fitted
from ..models.nearest import LARGE
from ..models.opinions import Opinions
from ..models.scorer import Scorer
from ..models.vectors import VectorScorer
from .blocks import Catalogue, to_batch
from .fusion import Fusion
from .guard import Guard
from .named_facts import NamedFacts
from .objected import barred_columns
from .pool import CANDIDATES, Pool, pool_of

TEXT_BYTES = 200  # id and title of an item, as kept in Python


@dataclass(frozen=True)
class ItemInterests:
    """Which interests an item carries: weights (I, K) CSR; ids and names (K,) str."""

    weights: sp.csr_matrix
    ids: np.ndarray
    names: np.ndarray


@dataclass(frozen=True)
class Recommender:
    """Fitted models over one catalogue and how they are fused.

    user_counts: (I,) people of the pairs that were fitted on; fitted: name -> model, in the order of fusion.names;
    reasons: model -> reason code; granularity: model -> granularity; place_of_user: (largest user_index + 1,) row of a
    person in the models' user vectors, -1 where none; named_facts: what a sentence may say that two items share;
    guard: rules that every list keeps; alike: (I, d) unit vectors and diversity: see rerank.py;
    several: (I, I), see supported.py, None where it is not known.
    """

    catalogue: Catalogue
    user_counts: np.ndarray
    fitted: Mapping[str, Fitted]
    fusion: Fusion
    reasons: Mapping[str, str]
    granularity: Mapping[str, str]
    interests: ItemInterests
    place_of_user: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    named_facts: NamedFacts | None = None
    guard: Guard | None = None
    alike: np.ndarray | None = None
    diversity: float = 0.0
    several: sp.csr_matrix | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The models that are fused."""
        return self.fusion.names

    @property
    def scorers(self) -> list[Scorer]:
        """Of `names`, in their order."""
        return [self.fitted[name].scorer for name in self.names]

    @property
    def nbytes(self) -> int:
        """Memory of the fused models, in bytes."""
        vectors = sum(one.user_vectors.nbytes for one in self.fitted.values() if one.user_vectors is not None)
        vectors += 0 if self.several is None else self.several.data.nbytes + self.several.indices.nbytes
        return TEXT_BYTES * self.catalogue.item_count + vectors + sum(scorer.nbytes for scorer in self.scorers)

    @property
    def cells(self) -> int:
        """Numbers that the opinions of all fitted models on one person's items take, about."""
        return sum(one.scorer.cells(self.catalogue.item_count) for one in self.fitted.values())

    def indexed(self, people: Callable[["Recommender"], UserBatch], seed: int, log: Logger) -> "Recommender":
        """With an index for the vectors of so many items that nobody can look at each, fitted to these people, who are
        asked for where there are as many."""
        if self.catalogue.item_count < LARGE:
            return self
        batch, fitted = people(self), dict(self.fitted)
        for name, one in self.fitted.items():
            if isinstance(one.scorer, VectorScorer) and batch.size:
                scorer = one.scorer.indexed(batch, seed)
                fitted[name] = replace(one, scorer=scorer)
                if scorer.index is not None:
                    log.info("      %-14s %s", name, scorer.index)
        return replace(self, fitted=fitted)

    def fused_alone(self) -> "Recommender":
        """The same lists with the models alone that can change them."""
        names = self.fusion.speaking
        fitted = {name: self.fitted[name] for name in names}
        return replace(self, fitted=fitted, fusion=self.fusion.over(names))

    def batch(self, block: pd.DataFrame) -> UserBatch:
        """block(user_index, items, weights, friend_items, friend_weights) -> its batch; without user_index, or with one
        that the fit did not know, a person has no user vectors."""
        vectors = {}
        for name, one in self.fitted.items():
            if one.user_vectors is not None:
                vectors[name] = self._vectors_of(block, one.user_vectors)
        return to_batch(block, self.catalogue, vectors)

    def _vectors_of(self, block: pd.DataFrame, user_vectors: np.ndarray) -> np.ndarray:
        vectors = np.zeros((len(block), user_vectors.shape[1]), np.float32)
        if "user_index" in block.columns:
            index = pd.to_numeric(block["user_index"]).fillna(-1).to_numpy(np.int64)
            inside = (index >= 0) & (index < len(self.place_of_user))
            place = np.full(len(block), -1, np.int64)
            place[inside] = self.place_of_user[index[inside]]
            vectors[place >= 0] = user_vectors[place[place >= 0]]
        return vectors

    def opinions(self, batch: UserBatch) -> dict[str, Opinions]:
        """Of every fitted model, by its name."""
        return {name: one.scorer.opinions(batch) for name, one in self.fitted.items()}

    def pool(
        self, block: pd.DataFrame, batch: UserBatch | None = None, muted: Sequence[frozenset[str]] = (),
        opinions: Mapping[str, Opinions] | None = None,
    ) -> Pool:  # fmt: skip
        """Candidates of a block's people that the rails and their objections leave open.

        muted: per person, models that are taken to have no opinion. opinions: of the batch, where they are there.
        """
        batch = self.batch(block) if batch is None else batch
        shut = self._shut(block, batch)
        own = None if opinions is None else [opinions[name] for name in self.names]
        pool = pool_of(self.scorers, batch, np.arange(batch.size), self.user_counts, shut, opinions=own)
        if any(muted):
            silent = np.array([[name in person for name in self.names] for person in muted])[pool.owner]  # (C, S)
            values = np.where(silent, 0.0, pool.values).astype(np.float32)
            places = np.where(silent, CANDIDATES + 1, pool.places)
            pool = replace(pool, values=values, places=places).rows((values > 0).any(axis=1))
        return pool

    def _shut(self, block: pd.DataFrame, batch: UserBatch) -> sp.csr_matrix | None:
        barred = barred_columns(block, self.catalogue)
        parts = []
        if self.guard is not None:
            parts.append(sp.csr_matrix(self.guard.closed(batch.history).astype(np.float32)))
        if barred is not None and any(len(columns) for columns in barred):
            owner = np.repeat(np.arange(batch.size), [len(columns) for columns in barred])
            flat = (np.ones(len(owner), np.float32), (owner, np.concatenate(barred)))
            parts.append(sp.csr_matrix(flat, batch.history.shape))
        return sum(parts[1:], parts[0]) if parts else None
