"""Fusion weights moved by feedback: a running mean over people, judged on people who took no part in the move."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from pyspark import Broadcast
from pyspark.sql import DataFrame

from ..core.params.all import Recommend
from .fit_weights import FIT_K, listed_gain, search, trial_of
from .fuse import SEGMENTS, Candidates
from .weigh import first_draws, ndcg_per_weight


@dataclass(frozen=True)
class Moved:
    """What the feedback did to one segment's weights.

    before, after: (S,) on the simplex; rested: people that `before` counts for; people: of the feedback who took part;
    held: people who judged; ndcg_before, ndcg_after: their mean nDCG@10 under `before` and `after`, 0 without any;
    error: standard error of the difference.
    """

    before: np.ndarray
    after: np.ndarray
    rested: float
    people: int
    held: int
    ndcg_before: float
    ndcg_after: float
    error: float

    @property
    def better(self) -> bool:
        """Whether `after` lists better for the people who judged; if not, `before` stays."""
        return self.ndcg_after > self.ndcg_before


def step(before: np.ndarray, told: np.ndarray, rested: float, people: float, rate: float) -> np.ndarray:
    """(n0 w0 + r n w) / (n0 + r n): the mean weights over n0 people of before and n of the feedback, who count r each.

    before, told: (S,) on the simplex, and so is the result. Example: n0 = 50, n = 25, r = 1 moves a third of the way.
    """
    share = rate * people / (rested + rate * people)
    return (1 - share) * before + share * told


def judged_gain(column_of_index: Callable[[], np.ndarray]) -> Callable:
    """-> gain(candidates, row, weights) -> (W,): what a fused list is worth to a person of the feedback.

    nDCG@10 of the list against what was liked; where some shown items were not liked, the mean of that and nDCG@10 of
    the judged items alone, in the order of the list (condensed lists, Sakai 2007). A refused item costs only in
    comparison with a liked one: a plain penalty would push the weights away from whatever the lists had shown.
    row: CANDIDATES_SCHEMA and refused array<int>, item indexes.
    """

    def gain(candidates: Candidates, row, weights: np.ndarray) -> np.ndarray:
        whole = listed_gain(candidates, row, weights)
        if row.refused is None or not len(row.refused):
            return whole
        judged = np.concatenate([row.relevant, column_of_index()[row.refused]])
        kept = np.isin(candidates.columns, judged)
        shown = Candidates(candidates.columns[kept], candidates.values[kept])
        return (whole + ndcg_per_weight(shown, row.relevant, weights, FIT_K)) / 2

    return gain


def refit_weights(
    fitting: DataFrame,
    judging: DataFrame,
    models: Broadcast,
    current: Mapping[str, np.ndarray],
    rested: Mapping[str, float],
    sources: Sequence[str],
    params: Recommend,
    rate: float,
    seed: int,
) -> dict[str, Moved]:
    """Candidates of two halves of the feedback's people -> Moved per segment. Runs three Spark jobs (cache both).

    fitting, judging: CANDIDATES_SCHEMA and refused array<int>; models: broadcast ItemModels; current: segment -> (S,)
    over `sources`; rested: segment -> people that they count for. Each segment is fitted on its own people by the
    search of `fit_weights.search`, starting from the present weights too, and goes `step` towards the result; a segment
    without a person stays. People with little history are thus never moved by what others say.
    """
    places = [models.value.names.index(source) for source in sources]
    popularity = list(sources).index("popularity")
    present = np.vstack([current[segment] for segment in SEGMENTS])  # the anchors that gains are measured over
    learn = trial_of(fitting, places, params.cold_history, judged_gain(lambda: models.value.catalogue.column_of_index))
    drawn = np.vstack([present, first_draws(len(sources), params.weight_draws, popularity, seed)])
    first = learn(drawn)
    fitted_for = [segment for segment in SEGMENTS if segment in first]
    told = search(learn, drawn, first, fitted_for, params, popularity, seed) if fitted_for else {}
    people = {segment: first[segment].people if segment in first else 0 for segment in SEGMENTS}
    moved = [
        step(current[segment], told.get(segment, current[segment]), rested[segment], people[segment], rate)
        for segment in SEGMENTS
    ]
    verdict = trial_of(judging, places, params.cold_history)(np.vstack([present, *moved]))
    found = {}
    for place, segment in enumerate(SEGMENTS):
        trial, after = verdict.get(segment), len(SEGMENTS) + place
        held, values = (0, (0.0, 0.0, 0.0)) if trial is None else (
            trial.people, (float(trial.mean[place]), float(trial.mean[after]), float(trial.error[place, after]))
        )
        found[segment] = Moved(current[segment], moved[place], rested[segment], people[segment], held, *values)
    return found
