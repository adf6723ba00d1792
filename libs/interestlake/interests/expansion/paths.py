"""The way that justifies a new interest: from one the person holds, over at most one node between."""

import numpy as np
import scipy.sparse as sp

from .model import ExpansionModel, Setting


def best_way(
    start: np.ndarray, value: np.ndarray, first: sp.csr_matrix, second: sp.csc_matrix, end: int
) -> tuple[int, int, float] | None:
    """(start node, middle column, strength) of the strongest start -> middle -> end, None where there is none.

    start (S,): node numbers; value (S,): their weights; strength of a way = value * first * second. Ties: the smaller
    middle, then the earlier start.
    """
    middles = second.indices[second.indptr[end] : second.indptr[end + 1]]
    last = second.data[second.indptr[end] : second.indptr[end + 1]]
    if not len(middles) or not len(start):
        return None
    order = np.argsort(middles, kind="stable")
    middles, last = middles[order], last[order]
    into = first[start][:, middles].toarray() * value[:, None]  # (S, middles)
    ways = np.round(into * last[None, :], 12)
    row, column = np.unravel_index(np.argmax(ways.T), ways.T.shape)[::-1]
    if ways[row, column] <= 0:
        return None
    return int(start[row]), int(middles[column]), float(ways[row, column])


class Paths:
    """Paths of one block of people over one model; the column views of its matrices are made once."""

    def __init__(self, model: ExpansionModel, setting: Setting):
        self.model, self.setting = model, setting
        self.walk_columns, self.fact_columns = model.walk.tocsc(), model.from_fact.tocsc()

    def labels(self, source: str, profile: sp.csr_matrix, near: sp.csr_matrix, end: int) -> list[str]:
        """Labels from an interest of `profile` (1, N) to node `end`; near (1, R): the person's neighbours."""
        start, value = profile.indices, profile.data
        if source == "people":
            return self._over_people(start, value, near, end)
        if source == "knowledge":
            way = best_way(start, value, self.model.to_fact, self.fact_columns, end)
            middle = [] if way is None else [self.model.fact_labels[way[1]]]
        else:
            way, middle = self._over_graph(start, value, end)
        return [] if way is None else [self.model.labels[way[0]], *middle, self.model.labels[end]]

    def _over_graph(self, start: np.ndarray, value: np.ndarray, end: int):
        steps = self.walk_columns[:, [end]].toarray().ravel()[start] * value
        near = int(np.argmax(np.round(steps, 12))) if len(start) else -1
        way = best_way(start, value, self.model.walk, self.walk_columns, end)
        longer = 0.0 if way is None else self.setting.damping * way[2]
        if near >= 0 and steps[near] > 0 and steps[near] >= longer:
            return (int(start[near]), -1, 0.0), []
        return way, [] if way is None else [self.model.labels[way[1]]]

    def _over_people(self, start: np.ndarray, value: np.ndarray, near: sp.csr_matrix, end: int) -> list[str]:
        theirs = self.model.references[near.indices]
        holding = theirs[:, [end]].toarray().ravel() > 0
        if not holding.any():
            return []
        shared = np.asarray((theirs[np.flatnonzero(holding)][:, start]).sum(axis=0)).ravel() * value
        first = self.model.labels[start[int(np.argmax(np.round(shared, 12)))]]
        count = int(holding.sum())
        return [first, f"{count} similar {'person' if count == 1 else 'people'}", self.model.labels[end]]


def unlikeness(model: ExpansionModel, start: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """1 - greatest cosine between each of `ends` and the person's nodes, in [0,1]; 1 where either has no vector."""
    if not len(start) or not len(ends):
        return np.ones(len(ends))
    return np.clip(1 - (model.vectors[ends] @ model.vectors[start].T).max(axis=1), 0.0, 1.0)
