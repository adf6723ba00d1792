"""Three ways from what people hold to what they may hold next, as sparse matrices over the interest nodes. No Spark."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

SOURCES = ("context", "people", "knowledge")


@dataclass(frozen=True)
class Setting:
    """Parameters that are chosen on validation people; the weights of the sources are in the order of SOURCES."""

    damping: float
    steps: int
    neighbours: int
    weights: tuple[float, float, float]
    scale: float = 1.0  # of confidence, so that it is the share that turns out true


@dataclass(frozen=True)
class ExpansionModel:
    """N interest nodes, M mediators (entities and relations of the facts), R reference people.

    nodes (N,): ids ascending; labels, kinds (N,) str; walk (N, N): chance of a step from a node to its neighbour, rows
    sum to 1 or are empty; to_fact (N, M), from_fact (M, N): the same for node -> mediator -> node; fact_labels (M,);
    references (R, N): unit rows; reference_ids (R,) ascending; holders (N,): people that hold a node;
    vectors (N, d): unit rows, zeros where unknown.
    """

    nodes: np.ndarray
    labels: np.ndarray
    kinds: np.ndarray
    walk: sp.csr_matrix
    to_fact: sp.csr_matrix
    from_fact: sp.csr_matrix
    fact_labels: np.ndarray
    references: sp.csr_matrix
    reference_ids: np.ndarray
    holders: np.ndarray
    vectors: np.ndarray

    @property
    def size(self) -> int:
        return len(self.nodes)

    def context(self, profiles: sp.csr_matrix, damping: float, steps: int) -> np.ndarray:
        """Personalised PageRank without its restart mass (Haveliwala, 2002): sum over l = 1..steps of damping^l v W^l.

        profiles (B, N), rows sum to 1 -> (B, N).
        """
        state, total = profiles.toarray(), np.zeros(profiles.shape)
        for _ in range(steps):
            state = damping * (self.walk.T @ state.T).T  # (B, N) @ (N, N)
            total += state
        return total

    def people(self, profiles: sp.csr_matrix, user_ids: np.ndarray, neighbours: int) -> np.ndarray:
        """Mean of what the nearest reference people hold, weighted by cosine; oneself is no neighbour. (B, N)."""
        near = self.neighbours(profiles, user_ids, neighbours)
        total = np.maximum(np.asarray(near.sum(axis=1)), 1e-12)
        return (near @ self.references).toarray() / total

    def neighbours(self, profiles: sp.csr_matrix, user_ids: np.ndarray, count: int) -> sp.csr_matrix:
        """(B, R): cosine to the `count` nearest reference people, equal ones in the order of ids; 0 elsewhere."""
        alike = (unit_rows(profiles) @ self.references.T).toarray()
        place = np.minimum(np.searchsorted(self.reference_ids, user_ids), max(len(self.reference_ids) - 1, 0))
        if len(self.reference_ids):
            own = self.reference_ids[place] == user_ids
            alike[np.flatnonzero(own), place[own]] = 0.0
        nearest = np.argsort(-np.round(alike, 9), axis=1, kind="stable")[:, :count]
        rows = np.repeat(np.arange(len(alike)), nearest.shape[1])
        similar = sp.csr_matrix((alike[rows, nearest.ravel()], (rows, nearest.ravel())), shape=alike.shape)
        similar.eliminate_zeros()
        return similar

    def knowledge(self, profiles: sp.csr_matrix) -> np.ndarray:
        """v -> mediators -> nodes: chance to reach a node through a shared fact. (B, N)."""
        return ((profiles @ self.to_fact) @ self.from_fact).toarray()

    def cooccurrence(self, profiles: sp.csr_matrix) -> np.ndarray:
        """The plain baseline: one step from each of the person's nodes, all alike. (B, N)."""
        return (_ones(profiles) @ self.walk).toarray()

    def sources(self, profiles: sp.csr_matrix, user_ids: np.ndarray, setting: Setting) -> np.ndarray:
        """(3, B, N) raw scores in the order of SOURCES."""
        return np.stack(
            [
                self.context(profiles, setting.damping, setting.steps),
                self.people(profiles, user_ids, setting.neighbours),
                self.knowledge(profiles),
            ]
        )


def relative(scores: np.ndarray, interests: sp.csr_matrix) -> np.ndarray:
    """(..., B, N) raw scores -> the same in [0,1]: 0 for what is held, each person's best of each source 1."""
    free = np.where(interests.toarray() > 0, 0.0, scores)
    return free / np.maximum(free.max(axis=-1, keepdims=True), 1e-300)


def noisy_or(parts: np.ndarray, weights: tuple[float, ...]) -> np.ndarray:
    """parts (3, B, N) in [0,1] -> 1 - product of (1 - w_j part_j), (B, N): any source may be right (Pearl, 1988)."""
    return 1 - np.prod([1 - weight * part for weight, part in zip(weights, parts, strict=True)], axis=0)


def unit_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Rows of length 1; empty rows stay."""
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return (sp.diags(1 / np.maximum(length, 1e-12)) @ matrix).tocsr()


def stochastic_rows(matrix: sp.csr_matrix) -> sp.csr_matrix:
    """Rows that sum to 1; empty rows stay."""
    total = np.asarray(matrix.sum(axis=1)).ravel()
    return (sp.diags(1 / np.maximum(total, 1e-300)) @ matrix).tocsr()


def _ones(matrix: sp.csr_matrix) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones_like(matrix.data), matrix.indices, matrix.indptr), matrix.shape)
