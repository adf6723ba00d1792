"""One model's lists against the test pairs, and what it cost."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import psutil

from .. import arrays
from ...interactions.pairs import Feedback

COLD, SHORT, MEDIUM = 1, 5, 20  # history lengths that part people into groups


@dataclass
class Cost:
    """Seconds and the process's peak of resident memory, in bytes."""

    fit_seconds: float = 0.0
    predict_seconds: float = 0.0
    peak_bytes: int = 0


@contextmanager
def measured(cost: Cost, part: str) -> Iterator[None]:
    """Adds the seconds inside to `<part>_seconds` and raises the peak."""
    _forget_peak()
    began = time.perf_counter()
    try:
        yield
    finally:
        name = f"{part}_seconds"
        setattr(cost, name, getattr(cost, name) + time.perf_counter() - began)
        cost.peak_bytes = max(cost.peak_bytes, _peak())


def _forget_peak() -> None:
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        pass  # elsewhere than on Linux the peak is that of the moment


def _peak() -> int:
    try:
        status = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return psutil.Process().memory_info().rss
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


@dataclass(frozen=True)
class Held:
    """Held-out pairs by person: people (n,) places in user_ids, ascending; relevant: their columns; sizes: how many
    items were held out, those outside the catalogue included; weights: column -> weight; groups: by history length."""

    people: np.ndarray
    relevant: Sequence[np.ndarray]
    sizes: np.ndarray
    weights: Sequence[dict[int, float]]
    groups: np.ndarray = field(default_factory=lambda: np.empty(0))

    def pick(self, mask: np.ndarray) -> "Held":
        rows = np.flatnonzero(mask)
        kept = [[values[row] for row in rows] for values in (self.relevant, self.weights)]
        groups = self.groups[mask] if len(self.groups) else self.groups
        return Held(self.people[mask], kept[0], self.sizes[mask], kept[1], groups)


def held_pairs(
    users: np.ndarray, columns: np.ndarray, weights: np.ndarray, known: Feedback, owners: np.ndarray | None = None
) -> Held:
    """users, columns, weights (n,): held-out pairs, column -1 = no such item -> Held; weight 0 is not relevant.

    owners (n,): whose pair it is, where several people share a place in user_ids; None = the places.
    """
    liked = weights > 0
    owners = np.unique(users if owners is None else owners, return_inverse=True)[1][liked]
    users, columns, weights = users[liked], columns[liked], weights[liked]
    order = np.lexsort((columns, owners, users))
    users, columns, weights, owners = users[order], columns[order], weights[order], owners[order]
    first = np.flatnonzero(np.diff(owners, prepend=-1))
    people, starts, sizes = users[first], first, np.diff(first, append=len(owners))
    spans = [slice(start, start + size) for start, size in zip(starts, sizes, strict=True)]
    relevant = [columns[span][columns[span] >= 0] for span in spans]
    told = [{int(c): float(w) for c, w in zip(columns[s], weights[s], strict=True) if c >= 0} for s in spans]
    length = np.diff(known.starts)[people]
    groups = np.digitize(length, (COLD, SHORT, MEDIUM))
    return Held(people, relevant, sizes, told, groups)


def evaluate(lists: np.ndarray, held: Held, known: Feedback, vectors: np.ndarray | None, ks: Sequence[int]) -> dict:
    """lists (n, >= max(ks)) of `held.people` -> {"ndcg@10": mean, ...}: every metric of the design but stability.

    coverage, novelty and diversity are of the lists of these people; fairness: worst / best group's nDCG by history
    length; vectors: (I, d) unit vectors for diversity, None = without it.
    """
    hits, found = arrays.hits_of(lists, held.relevant), {}
    counts = np.asarray((known.matrix > 0).sum(axis=0)).ravel()
    people = int((np.diff(known.starts) > 0).sum())
    for k in ks:
        per_person = arrays.ranking_at(hits, held.sizes, k)
        found |= {f"{name}@{k}": float(values.mean()) for name, values in per_person.items()}
        found[f"satisfaction@{k}"] = float(arrays.satisfaction(lists, held.weights, k).mean())
        found[f"fairness@{k}"] = arrays.fairness(per_person["ndcg"], held.groups)
        found[f"coverage@{k}"] = arrays.coverage(lists[:, :k], known.shape[1])
        found[f"novelty@{k}"] = arrays.novelty(lists[:, :k], counts, people)
        if vectors is not None:
            found[f"diversity@{k}"] = arrays.diversity(lists[:, :k], vectors)
    return found
