"""Nearest vectors by inner product: exact by blocks, or approximate by an inverted file. No pyspark here.

Approximate: vectors fall into cells by k-means (Jegou, Douze and Schmid 2011), each kept in 8 bits per coordinate; a
query looks into the cells nearest to it, and the best found are ranked again by their exact vectors. The library is
FAISS (Johnson, Douze and Jegou 2019). How many cells to look into is measured on the vectors themselves.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from ..core.errors import BadInput

BLOCK_BYTES = 256 << 20  # of scores at once
EXACT_BELOW = 50_000  # vectors that are searched faster than an index of them is built
TRAINING_PER_CELL = 40
CANDIDATES = 4  # times k are ranked again
CALIBRATION = 256


class Neighbours(Protocol):
    """vectors (n, dimension); a search gives rows of them, best first."""

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        """queries (q, dimension) -> scores (q, k) float32 and rows (q, k) int64, best first; row -1 where n < k."""


@dataclass(frozen=True)
class ExactNeighbours:
    """Every vector is looked at, in blocks of queries; ties go to the lower row."""

    vectors: np.ndarray

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        queries = _checked(queries, self.vectors, k)
        step = max(1, BLOCK_BYTES // (4 * max(len(self.vectors), 1)))
        blocks = [best_rows(queries[at : at + step] @ self.vectors.T, k) for at in range(0, len(queries), step)]
        if not blocks:
            return np.zeros((0, k), np.float32), np.zeros((0, k), np.int64)
        scores, rows = zip(*blocks, strict=True)
        return np.concatenate(scores), np.concatenate(rows)


def best_rows(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """scores (q, n) -> the k largest of each line, best first, ties to the lower column; -inf and -1 where n < k."""
    kept = min(k, scores.shape[1])
    columns = np.argpartition(-scores, kept - 1, axis=1)[:, :kept] if kept < scores.shape[1] else None
    if columns is None:
        columns = np.broadcast_to(np.arange(kept), (len(scores), kept))
    else:
        # argpartition takes any of the columns that tie at the cut: take the lowest of them
        cut = np.take_along_axis(scores, columns, axis=1).min(axis=1, keepdims=True)
        tied = (scores == cut).sum(axis=1) > (np.take_along_axis(scores, columns, axis=1) == cut).sum(axis=1)
        for line in np.flatnonzero(tied):
            columns[line] = np.argsort(-scores[line], kind="stable")[:kept]
    found = np.take_along_axis(scores, columns, axis=1)
    order = np.lexsort((columns, -found), axis=1)
    found, columns = np.take_along_axis(found, order, axis=1), np.take_along_axis(columns, order, axis=1)
    missing = ((0, 0), (0, k - kept))
    return (
        np.pad(found.astype(np.float32), missing, constant_values=-np.inf),
        np.pad(columns.astype(np.int64), missing, constant_values=-1),
    )


@dataclass(frozen=True)
class ApproximateNeighbours:
    """An index over `vectors`, which stay where they are (an array or a memory map); `probes` cells are looked into."""

    vectors: np.ndarray
    index: object
    probes: int

    @classmethod
    def build(
        cls, vectors: np.ndarray, k: int = 10, recall: float = 0.99, seed: int = 0, cells: int | None = None
    ) -> "ApproximateNeighbours":
        """Train and fill the index; then the fewest probes that reach `recall` at `k` for 256 of the vectors.

        cells: 4 sqrt(n) where not given. The same vectors and seed give the same index. Raises BadInput for fewer
        vectors than cells.
        """
        import faiss

        count, dimension = vectors.shape
        cells = cells or max(1, int(4 * count**0.5))
        if count < cells:
            raise BadInput.of("vectors", found=count, expected=f">= {cells} cells", where="the index")
        random = np.random.default_rng(seed)
        coarse = faiss.IndexFlatIP(dimension)
        index = faiss.IndexIVFScalarQuantizer(
            coarse, dimension, cells, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        index.cp.seed, index.cp.niter = seed + 1, 8
        taken = np.sort(random.choice(count, min(count, cells * TRAINING_PER_CELL), replace=False))
        index.train(np.ascontiguousarray(vectors[taken], np.float32))
        for start in range(0, count, 1 << 17):
            index.add(np.ascontiguousarray(vectors[start : start + (1 << 17)], np.float32))
        sample = np.ascontiguousarray(vectors[random.choice(count, min(count, CALIBRATION), replace=False)], np.float32)
        wanted = ExactNeighbours(vectors).search(sample, k)[1]
        probes = 1
        while True:
            built = cls(vectors, index, probes)
            if probes >= cells or overlap(built.search(sample, k)[1], wanted) >= recall:
                return built
            probes = min(cells, probes + max(1, probes // 3))

    def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        import faiss

        queries = _checked(queries, self.vectors, k)
        parameters = faiss.SearchParametersIVF(nprobe=self.probes)
        candidates = self.index.search(queries, min(CANDIDATES * k, len(self.vectors)), params=parameters)[1]
        scores = np.empty((len(queries), k), np.float32)
        rows = np.empty((len(queries), k), np.int64)
        for start in range(0, len(queries), 1024):
            part = slice(start, start + 1024)
            scores[part], rows[part] = self._ranked(queries[part], candidates[part], k)
        return scores, rows

    def _ranked(self, queries: np.ndarray, candidates: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        ordered = np.sort(candidates, axis=1)  # so that ties go to the lower row
        exact = np.einsum("qd,qcd->qc", queries, self.vectors[np.maximum(ordered, 0)], dtype=np.float32)
        scores, places = best_rows(np.where(ordered < 0, -np.inf, exact), k)
        rows = np.where(places < 0, -1, np.take_along_axis(ordered, np.maximum(places, 0), axis=1))
        return scores, rows

    def save(self, folder: Path) -> None:
        """index.faiss, vectors.npy and index.json into `folder`."""
        import faiss

        folder.mkdir(parents=True, exist_ok=True)
        faiss.write_index(self.index, str(folder / "index.faiss"))
        np.save(folder / "vectors.npy", self.vectors)
        (folder / "index.json").write_text(json.dumps({"probes": self.probes}))

    @classmethod
    def load(cls, folder: Path) -> "ApproximateNeighbours":
        """What `save` wrote, the vectors as a memory map. Raises BadInput where the folder holds no index."""
        import faiss

        if not (folder / "index.json").is_file():
            raise BadInput.of("index", found=f"{folder} without index.json", expected="a saved index", where="load")
        vectors = np.load(folder / "vectors.npy", mmap_mode="r")
        said = json.loads((folder / "index.json").read_text())
        return cls(vectors, faiss.read_index(str(folder / "index.faiss")), said["probes"])


def neighbours_of(vectors: np.ndarray, k: int = 10, recall: float = 0.99, seed: int = 0) -> Neighbours:
    """Exact below 50,000 vectors, approximate from there on."""
    if len(vectors) < EXACT_BELOW:
        return ExactNeighbours(vectors)
    return ApproximateNeighbours.build(vectors, k, recall, seed)


def overlap(found: np.ndarray, wanted: np.ndarray) -> float:
    """Mean share of the `wanted` rows (q, k) that are among the `found` (q, k): recall at k."""
    return float(np.mean([np.isin(b, a).mean() for a, b in zip(found, wanted, strict=True)])) if len(wanted) else 1.0


def _checked(queries: np.ndarray, vectors: np.ndarray, k: int) -> np.ndarray:
    if queries.ndim != 2 or queries.shape[1] != vectors.shape[1] or k < 1:
        found = f"queries {queries.shape}, k {k}"
        raise BadInput.of("search", found=found, expected=f"(q, {vectors.shape[1]}) and k >= 1", where="the call")
    return np.ascontiguousarray(queries, np.float32)
