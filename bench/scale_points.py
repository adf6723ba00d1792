"""The models whose growth is measured: how each is fitted on a file of pairs, and what it weighs and keeps."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from interestlake.core.params.all import Als, Graph, Recommend
from interestlake.models.implicit_als import fit_implicit_als
from interestlake.models.neighbours import item_neighbours
from interestlake.models.transitions import transition_edges

from .generated import draw_pairs

PEOPLE_PER_EVENT, ITEMS_PER_EVENT = 1 / 20, 1 / 100
SWEEPS = 3
GRAPH, ALS = Graph(), Als(iterations=SWEEPS)


@dataclass(frozen=True)
class Point:
    """seconds of the fit alone; candidates: pairs that it weighs; edges: what it keeps (ALS: vectors)."""

    seconds: float
    candidates: int
    edges: int


def write_events(events: int, path: Path, seed: int = 42) -> None:
    """`events` drawn events, people and items in proportion -> Parquet(user_id, node, user_index, item_index, weight,
    position), one row per pair; a repeated event makes a pair heavier."""
    users, items = int(events * PEOPLE_PER_EVENT), int(events * ITEMS_PER_EVENT)
    person, item = draw_pairs(users, items, events, seed)
    pairs, first, count = np.unique(person.astype(np.int64) * items + item, return_index=True, return_counts=True)
    person, item = (pairs // items).astype(np.int32), (pairs % items).astype(np.int32)
    order = np.lexsort((first, person))
    person, item, count = person[order], item[order], count[order]
    position = np.arange(len(person)) - np.searchsorted(person, person)
    weight = np.minimum(1.0, 0.5 + 0.25 * (count - 1))
    frame = pd.DataFrame({"user_index": person, "item_index": item, "weight": weight, "position": position})
    frame["user_id"], frame["node"] = "u" + frame["user_index"].astype(str), "i" + frame["item_index"].astype(str)
    frame.to_parquet(path, index=False, row_group_size=500_000)


def _spark():
    from interestlake.core.session import build_session

    return build_session("conf", "local")


def _written(frame, path: Path) -> int:
    frame.write.mode("overwrite").parquet(str(path))
    return frame.sparkSession.read.parquet(str(path)).count()


def _lengths(pairs: Path) -> np.ndarray:
    return np.bincount(pd.read_parquet(pairs, columns=["user_index"])["user_index"])


def _steps(lengths: np.ndarray, window: int) -> int:
    return int(sum(np.maximum(lengths - gap, 0).sum() for gap in range(1, window + 1)))


def spark_cooccurrence(pairs: Path) -> Point:
    from interestlake.graph.cooccurrence import build_edges

    spark, lengths = _spark(), np.minimum(_lengths(pairs), GRAPH.max_history).astype(np.int64)
    began = time.perf_counter()
    edges = (
        spark.read.parquet(str(pairs))
        .select("user_id", "node", "weight", "position")
        .transform(
            build_edges(
                measure=GRAPH.measure,
                min_pair_count=GRAPH.min_pair_count,
                max_history=GRAPH.max_history,
                max_neighbours=GRAPH.max_neighbours,
                popularity_discount=GRAPH.popularity_discount,
                seed=42,
            )
        )
    )
    kept = _written(edges, pairs.parent / "kept")
    return Point(time.perf_counter() - began, int((lengths * (lengths - 1) // 2).sum()), kept)


def spark_transitions(pairs: Path) -> Point:
    from interestlake.graph.transitions import build_transitions

    spark = _spark()
    began = time.perf_counter()
    edges = (
        spark.read.parquet(str(pairs))
        .select("user_id", "node", "weight", "position")
        .transform(
            build_transitions(
                transition_window=GRAPH.transition_window,
                min_pair_count=GRAPH.min_pair_count,
                max_neighbours=GRAPH.max_neighbours,
            )
        )
    )
    kept = _written(edges, pairs.parent / "kept")
    return Point(time.perf_counter() - began, _steps(_lengths(pairs), GRAPH.transition_window), kept)


def spark_als(pairs: Path) -> Point:
    from interestlake.graph.als import factors, fit_als

    spark = _spark()
    began = time.perf_counter()
    model = fit_als(ALS, 42)(spark.read.parquet(str(pairs)))
    kept = sum(_written(frame, pairs.parent / "kept") for frame in factors(model))
    return Point(time.perf_counter() - began, int(_lengths(pairs).sum()) * SWEEPS * 2, kept)


def _one_machine(pairs: Path) -> tuple[pd.DataFrame, sp.csr_matrix]:
    frame = pd.read_parquet(pairs, columns=["user_index", "item_index", "weight"])
    users, items = (frame[name].to_numpy() for name in ("user_index", "item_index"))
    return frame, sp.csr_matrix((frame["weight"].to_numpy(np.float32), (users, items)))


def single_als(pairs: Path) -> Point:
    frame, matrix = _one_machine(pairs)
    began = time.perf_counter()
    scorer = fit_implicit_als("als", matrix, ALS.rank, SWEEPS, ALS.regularization, ALS.alpha, 42)
    seconds = time.perf_counter() - began
    people = int((np.diff(matrix.indptr) > 0).sum())
    return Point(seconds, len(frame) * SWEEPS * 2, people + int(scorer.item_vectors.any(axis=1).sum()))


def single_transitions(pairs: Path) -> Point:
    frame, matrix = _one_machine(pairs)
    users, items = frame["user_index"].to_numpy(), frame["item_index"].to_numpy()
    began = time.perf_counter()
    edges = transition_edges(
        users, items, None, matrix.shape[1], window=GRAPH.transition_window, gap_power=1.0, backward=0.0, discount=0.5
    )
    seconds = time.perf_counter() - began
    return Point(seconds, _steps(np.bincount(users), GRAPH.transition_window), edges.nnz)


def single_item_knn(pairs: Path) -> Point:
    _, matrix = _one_machine(pairs)
    matrix.data[:] = 1.0
    lengths = np.diff(matrix.indptr).astype(np.int64)
    began = time.perf_counter()
    edges = item_neighbours(matrix, "cosine", Recommend().knn_neighbours, 0.0)
    return Point(time.perf_counter() - began, int((lengths**2).sum()), edges.nnz)


POINTS: dict[str, Callable[[Path], Point]] = {
    "Spark co-occurrence": spark_cooccurrence,
    "Spark transitions": spark_transitions,
    "Spark ALS": spark_als,
    "one-machine ALS": single_als,
    "one-machine transitions": single_transitions,
    "one-machine item-kNN": single_item_knn,
}
