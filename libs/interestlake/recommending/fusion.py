"""How candidates become one list: weights per segment or a learned ranker, a popularity discount, shares of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..models.granularities import importance
from .learned_ranker import booster_of, features, pushes
from .pool import EVERY, Pool
from .segment_weights import segment_of
from .segments import span

RANKER, WEIGHTS, LEADING = "ranker", "weights", "leading"
LEAST_DAMPED = 1e-12


@dataclass(frozen=True)
class Fusion:
    """names (S,): the models, in the order of a pool's columns; method: "weights" or "ranker"; weights: (S,) on the
    simplex; booster: LightGBM's text of the ranker, empty without one; discount: what a doubling of an item's people
    takes from its score; values: validation nDCG by method, and of the discounted list; segments: weights of people
    with a history of that length, where they are better off with their own."""

    names: tuple[str, ...]
    method: str
    weights: np.ndarray
    booster: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    discount: float = 0.0
    segments: Mapping[int, np.ndarray] = field(default_factory=dict)

    def weighted(self, pool: Pool) -> np.ndarray:
        """(C,) sum over the models of weight x value, by the weights of each person's segment."""
        return (pool.values * self.weights_of(pool)).sum(axis=1)

    def weights_of(self, pool: Pool, rows: np.ndarray | slice = EVERY) -> np.ndarray:
        """(C, S) the weights that each candidate, or each of `rows`, is fused by."""
        owner = pool.owner[rows] if isinstance(rows, slice) else pool.owners(rows)
        given = np.repeat(self.weights[None, :], len(owner), axis=0)
        if self.segments:
            segment = segment_of(pool.histories)[owner]
            for number, weights in self.segments.items():
                given[segment == number] = weights
        return given

    def scores(self, pool: Pool, kept: np.ndarray | None = None) -> np.ndarray:
        """(C,) one score per candidate, rounded to 1e-6; kept: (C,) share in [0, 1] that an objection leaves of it."""
        if self.method == WEIGHTS:
            fused = self.weighted(pool)
        else:
            fused = unit_range(pool, np.asarray(booster_of(self.booster).predict(features(pool))))
        if kept is not None:
            fused = fused * kept
        return np.round(fused - self.discount * doublings(pool), 6)

    def shares(self, pool: Pool, rows: np.ndarray) -> np.ndarray:
        """Candidates `rows` -> (n, S) what each model adds to a score, rows sum to 1; best asked for of many at once.

        By weights: weight x value. By the ranker: the positive SHAP values of a model's two features (Lundberg et al.
        2020); a candidate that no model lifts is told by the weights, one that no weighted model knows by the values.
        """
        part = pool.values[rows] * self.weights_of(pool, rows)
        part = np.where(part.sum(axis=1, keepdims=True) > 0, part, pool.values[rows])
        if self.method == RANKER and len(rows):
            lifted = pushes(self.booster, features(pool, rows), len(self.names))
            # a model without an opinion of an item never speaks for it
            lifted = np.where(pool.values[rows] > 0, np.maximum(lifted, 0.0), 0.0)
            part = np.where(lifted.sum(axis=1, keepdims=True) > LEAST_DAMPED, lifted, part)
        total = part.sum(axis=1, keepdims=True)
        return np.where(total > 0, part / np.where(total > 0, total, 1.0), 0.0)

    @property
    def speaking(self) -> tuple[str, ...]:
        """The models that can change a list: all under a ranker, else those with weight in any segment."""
        if self.method == RANKER:
            return self.names
        most = np.max([self.weights, *self.segments.values()], axis=0)
        return tuple(name for name, weight in zip(self.names, most, strict=True) if weight > 0)

    def over(self, names: Sequence[str]) -> "Fusion":
        """The fusion over those of its models that are among `names`, or itself where all are.

        Weights are scaled to 1 again, and a ranker, which cannot do without its features, gives way to them.
        """
        kept = tuple(name for name in self.names if name in names)
        if kept == self.names:
            return self
        places = [self.names.index(name) for name in kept]
        harmless = self.method == WEIGHTS and set(self.speaking) <= set(kept)
        segments = {number: _simplex(own[places]) for number, own in self.segments.items()}
        return replace(self, names=kept, method=WEIGHTS, weights=_simplex(self.weights[places]), booster="",
                       segments=segments, values=self.values if harmless else {})  # fmt: skip

    def described(self, granularity: Mapping[str, str]) -> dict:
        """For metrics.json; granularity: of each model."""
        by_history = {"everybody": self.weights} | {f"history {span(n)}": own for n, own in self.segments.items()}
        weights = {who: dict(zip(self.names, map(float, own), strict=True)) for who, own in by_history.items()}
        alpha = {who: importance(own, granularity) for who, own in weights.items()}
        return {"method": self.method, "weights": weights, "alpha": alpha, "discount": self.discount,
                "validation": dict(self.values)}  # fmt: skip

    def line(self) -> str:
        """For the log."""
        shown = sorted(zip(self.names, self.weights, strict=True), key=lambda entry: -entry[1])
        weights = ", ".join(f"{name} {weight:.2f}" for name, weight in shown if weight >= 0.005)
        values = ", ".join(f"{name} {value:.4f}" for name, value in self.values.items())
        own = ", ".join(span(number) for number in self.segments)
        weights += f"; own weights for histories of {own}" if own else ""
        return f"{self.method} ({weights}), discount {self.discount:g}; validation nDCG: {values}"

    def as_dict(self) -> dict:
        """Plain values, for a table or a file; `of_dict` reads them back."""
        return {
            "names": list(self.names), "method": self.method, "weights": [float(w) for w in self.weights],
            "booster": self.booster, "values": dict(self.values), "discount": float(self.discount),
            "segments": {str(number): [float(w) for w in own] for number, own in self.segments.items()},
        }  # fmt: skip

    @classmethod
    def of_dict(cls, plain: Mapping) -> "Fusion":
        """What `as_dict` gave."""
        segments = {int(number): np.array(own) for number, own in plain["segments"].items()}
        return cls(tuple(plain["names"]), plain["method"], np.array(plain["weights"]), plain["booster"],
                   dict(plain["values"]), plain["discount"], segments)  # fmt: skip


def unit_range(pool: Pool, scores: np.ndarray) -> np.ndarray:
    """Scores of each person's candidates brought to [0, 1], so that a discount means the same for every method."""
    if not len(scores):
        return scores
    first = np.minimum(pool.starts[:-1], len(scores) - 1)  # a person without a candidate
    low = np.minimum.reduceat(scores, first)[pool.owner]
    high = np.maximum.reduceat(scores, first)[pool.owner]
    return (scores - low) / np.maximum(high - low, 1e-12)


def doublings(pool: Pool) -> np.ndarray:
    """(C,) log2 of an item's people; 0 for a person without a history, who has nothing but popularity to go by."""
    return np.where(pool.context[:, 1] > 0, pool.context[:, 0], 0.0) / np.log(2.0)


def _simplex(weights: np.ndarray) -> np.ndarray:
    total = weights.sum()
    return weights / total if total > 0 else np.full(len(weights), 1 / max(len(weights), 1))
