"""Fusion weights fitted on validation nDCG: many weight vectors are tried on every person at once, Spark averages."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, SparkSession

from ..core.params.all import SOURCES, Recommend
from .fuse import SEGMENTS, Candidates, segment_of, union
from .passes import proposals_of
from .weigh import best_mean, first_draws, ndcg_per_weight, refined_draws

FIT_K = 10
KEEP_SHARE = 0.04  # of the weight vectors tried: the best whose mean is taken
MIN_SEGMENT_USERS = 50  # a segment with fewer validation people uses the weights of all
ALL = "all"
ANCHORS = 2  # the vectors a gain is measured over: uniform, and the fit of all people
GAINS_SCHEMA = "part int, segment string, people bigint, total array<double>, squares array<double>"


@dataclass(frozen=True)
class Trial:
    """nDCG of W weight vectors over the people of one segment.

    mean: (W,); error: (A, W) standard error of each vector's paired gain over each of the first A vectors.
    """

    people: int
    mean: np.ndarray
    error: np.ndarray

    def gains(self, vector: int, over: int) -> bool:
        """Whether a vector's mean beats that of an anchor by more than the standard error of the difference."""
        return bool(self.mean[vector] - self.mean[over] > self.error[over, vector])


@dataclass(frozen=True)
class FittedWeights:
    """Weights per segment, and what they earned: segment -> (people, nDCG of uniform weights, nDCG of the fit)."""

    weights: dict[str, np.ndarray]
    earned: dict[str, tuple[int, float, float]]


def listed_gain(candidates: Candidates, row, weights: np.ndarray) -> np.ndarray:
    """(W,): nDCG@10 of one person's fused list under each of (W, S) weights; row: one of CANDIDATES_SCHEMA."""
    return ndcg_per_weight(candidates, row.relevant, weights, FIT_K)


def try_weights(
    weights: np.ndarray, places: Sequence[int], cold_history: int, gain_of: Callable = listed_gain
) -> Callable:
    """CANDIDATES_SCHEMA -> GAINS_SCHEMA: sums of each person's gain and of its squared gain over the first ANCHORS.

    weights: (W, S); places: which scorers are fused; gain_of: (candidates, row, weights) -> (W,). One row per partition
    and segment. Lazy.
    """

    def run(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        from pyspark import TaskContext

        part, sums = TaskContext.get().partitionId(), {}
        for frame in frames:
            for row in frame.itertuples(index=False):
                proposals = proposals_of(row)
                candidates = union([proposals[place] for place in places])
                gain = gain_of(candidates, row, weights)  # (W,)
                people, total, squares = sums.get(segment_of(row.history, cold_history), (0, 0.0, 0.0))
                over_anchors = gain[None, :] - gain[:ANCHORS, None]  # (A, W)
                grown = people + 1, total + gain, squares + over_anchors**2
                sums[segment_of(row.history, cold_history)] = grown
        rows = [(part, segment, n, total, squares.ravel()) for segment, (n, total, squares) in sorted(sums.items())]
        yield pd.DataFrame(rows, columns=["part", "segment", "people", "total", "squares"])

    return lambda candidates: candidates.mapInPandas(run, GAINS_SCHEMA)


def trials(rows: Sequence) -> dict[str, Trial]:
    """GAINS_SCHEMA rows -> Trial per segment and for all. Sums run in the order of parts, so they never vary."""
    rows = sorted(rows, key=lambda row: (row["part"], row["segment"]))
    found = {}
    for segment in (ALL, *SEGMENTS):
        mine = [row for row in rows if segment in (ALL, row["segment"])]
        people = sum(row["people"] for row in mine)
        if people:
            mean = np.sum([row["total"] for row in mine], axis=0) / people
            square = np.sum([row["squares"] for row in mine], axis=0).reshape(-1, len(mean)) / people  # (A, W)
            gain = mean[None, :] - mean[: len(square), None]
            error = np.sqrt(np.maximum(square - gain**2, 0) / max(people - 1, 1))
            found[segment] = Trial(people, mean, error)
    return found


def trial_of(
    candidates: DataFrame, places: Sequence[int], cold_history: int, gain_of: Callable = listed_gain
) -> Callable[[np.ndarray], dict[str, Trial]]:
    """-> weights (W, S) -> Trial per segment and for all; each call runs one Spark job over `candidates`."""

    def run(weights: np.ndarray) -> dict[str, Trial]:
        return trials(candidates.transform(try_weights(weights, places, cold_history, gain_of)).collect())

    return run


def search(
    run: Callable, drawn: np.ndarray, first: dict[str, Trial], fitted_for: Sequence[str], params: Recommend,
    popularity: int, seed: int,
) -> dict[str, np.ndarray]:
    """The second round: draws around the mean of the best -> the mean of the best of both rounds, per segment.

    run: of `trial_of`; drawn: (W, S) with their trials `first`; fitted_for: segments to fit. Runs one Spark job.
    """
    keep = max(4, round(KEEP_SHARE * params.weight_draws))
    near = {
        segment: refined_draws(best_mean(drawn, first[segment].mean, keep), params.weight_draws, popularity, seed + 1)
        for segment in fitted_for
    }
    second = run(np.vstack([drawn[:1], *near.values()]))
    fits = {}
    for segment, start in zip(fitted_for, 1 + (params.weight_draws + 1) * np.arange(len(fitted_for)), strict=True):
        tried = np.vstack([drawn, near[segment]])
        mean = np.concatenate([first[segment].mean, second[segment].mean[start : start + len(near[segment])]])
        fits[segment] = best_mean(tried, mean, keep)
    return fits


def fit_weights(candidates: DataFrame, names: Sequence[str], sources: Sequence[str], params: Recommend, seed: int):
    """Candidates of the validation people -> FittedWeights. Runs three Spark jobs over `candidates` (cache them).

    Round 1 tries uniform weights, each source alone and seeded Dirichlet draws; round 2 draws around the mean of the
    best. The fit is the mean of the best of both rounds. It is kept only where it gains more than its standard error:
    over uniform weights for all people, over the weights of all people for a segment; otherwise the simpler weights
    stay. Without a validation person the weights are uniform.
    """
    places = [list(names).index(source) for source in sources]
    popularity = list(sources).index("popularity")
    run = trial_of(candidates, places, params.cold_history)
    drawn = first_draws(len(sources), params.weight_draws, popularity, seed)
    uniform, first = drawn[0], run(drawn)
    if ALL not in first:
        return FittedWeights({segment: uniform for segment in SEGMENTS}, {})
    everyone = first[ALL].people
    fitted_for = [ALL, *(s for s in SEGMENTS if s in first and MIN_SEGMENT_USERS <= first[s].people < everyone)]
    fits = search(run, drawn, first, fitted_for, params, popularity, seed)
    return _settle(run, uniform, fits, everyone)


def _settle(run: Callable, uniform: np.ndarray, fits: dict[str, np.ndarray], people: int) -> FittedWeights:
    """Keep a fit only where it gains more than its standard error."""
    trial = run(np.vstack([uniform, *fits.values()]))  # row 0 uniform, row 1 the fit of all
    shared = 1 if trial[ALL].gains(1, over=0) else 0
    weights = {segment: fits[ALL] if shared else uniform for segment in SEGMENTS}
    for row, segment in enumerate(fits, start=1):
        if segment != ALL and trial[segment].gains(row, over=shared):
            weights[segment] = fits[segment]
    earned = {ALL: (people, float(trial[ALL].mean[0]), float(trial[ALL].mean[shared]))}
    return FittedWeights(weights, earned)


def weight_rows(spark: SparkSession, weights: dict[str, np.ndarray], sources: Sequence[str]) -> DataFrame:
    """Fitted weights -> the columns of models.fusion_weights."""
    rows = [(s, source, float(w)) for s in SEGMENTS for source, w in zip(sources, weights[s], strict=True)]
    return spark.createDataFrame(rows, "segment string, source string, weight double")


def weights_of(rows) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """Rows of models.fusion_weights -> sources in the order of params.SOURCES, and (S,) weights per segment."""
    given = {(row["segment"], row["source"]): row["weight"] for row in rows}
    sources = tuple(source for source in SOURCES if any((segment, source) in given for segment in SEGMENTS))
    return sources, {segment: np.array([given[segment, source] for source in sources]) for segment in SEGMENTS}
