"""Fusion weights moved by feedback: a running mean over people, judged on people who took no part in the move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..evaluation.arrays import hits_of, ranking_at
from .fusion import WEIGHTS, Fusion
from .pool import Pool, ordered
from .segment_weights import fit_weights, segment_of
from .segments import SEGMENT_NAMES

K = 10


@dataclass(frozen=True)
class Moved:
    """What the feedback did to one segment's weights.

    before, after: (S,) on the simplex; rested: people that `before` counts for; people: of the feedback who took part;
    held: people who judged; ndcg_before, ndcg_after: their mean nDCG@10 by the present fusion and by `after`, 0 without
    any; error: standard error of the difference.
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


@dataclass(frozen=True)
class Judged:
    """People of the feedback: their pool of candidates; relevant, refused: columns that each liked, and did not."""

    pool: Pool
    relevant: Sequence[np.ndarray]
    refused: Sequence[np.ndarray]

    def pick(self, rows: np.ndarray) -> "Judged":
        """Those of `rows`, places among the people, ascending."""
        return Judged(self.pool.pick(rows), [self.relevant[row] for row in rows], [self.refused[row] for row in rows])


def step(before: np.ndarray, fitted: np.ndarray, rested: float, people: float, rate: float) -> np.ndarray:
    """(n0 w0 + r n w) / (n0 + r n): the mean weights over n0 people of before and n of the feedback, who count r each.

    before, fitted: (S,) on the simplex, and so is the result. Example: n0 = 50, n = 25, r = 1 moves a third of the way.
    """
    share = rate * people / (rested + rate * people)
    return (1 - share) * before + share * fitted


def judged_alone(judged: Judged) -> Judged:
    """Each person's candidates that the feedback is about, and no others; people who refused nothing have none.

    Of a list only the judged items are compared (condensed lists, Sakai 2007): a refused item costs only in comparison
    with a liked one; a plain penalty would push the weights away from whatever the lists had shown.
    """
    pool, rows = judged.pool, []
    for person, (liked, refused) in enumerate(zip(judged.relevant, judged.refused, strict=True)):
        columns = pool.columns[pool.starts[person] : pool.starts[person + 1]]
        marked = np.isin(columns, np.concatenate([liked, refused])) if len(refused) else np.zeros(len(columns), bool)
        rows.append(marked)
    return replace(judged, pool=pool.rows(np.concatenate([*rows, np.empty(0, bool)])))


def refit_weights(
    fitting: Judged, judging: Judged, fusion: Fusion, rested: Mapping[str, float], rate: float, seed: int
) -> dict[str, Moved]:
    """Two halves of the feedback's people -> Moved per segment of SEGMENT_NAMES.

    rested: segment -> people that its present weights count for. Each segment is fitted on its own people, on the mean
    of their nDCG@10 and of that of the judged items alone, and goes `step` towards the result; a segment without a
    person stays. People with little history are thus never moved by what others say. The judges compare the moved
    weights with the fusion as it stands, also where that is a learned ranker.
    """
    popularity, moved = fusion.names.index("popularity"), {}
    learners, judges = segment_of(fitting.pool.histories), segment_of(judging.pool.histories)
    for number, name in enumerate(SEGMENT_NAMES):
        before = fusion.segments.get(number, fusion.weights)
        rows = np.flatnonzero(learners == number)
        after = before
        if len(rows):
            after = step(before, _fitted(fitting.pick(rows), popularity, seed), rested[name], len(rows), rate)
        mine = np.flatnonzero(judges == number)
        values = _compared(judging.pick(mine), fusion, after) if len(mine) else (0.0, 0.0, 0.0)
        moved[name] = Moved(before, after, rested[name], len(rows), len(mine), *values)
    return moved


def _fitted(judged: Judged, popularity: int, seed: int) -> np.ndarray:
    whole = fit_weights(judged.pool, judged.relevant, K, popularity, seed)
    refusing = np.flatnonzero([len(columns) > 0 for columns in judged.refused])
    if not len(refusing):
        return whole
    alone = judged_alone(judged.pick(refusing))
    among = fit_weights(alone.pool, alone.relevant, K, popularity, seed)
    share = len(refusing) / (2 * len(judged.relevant))
    return (1 - share) * whole + share * among


def _compared(judged: Judged, fusion: Fusion, after: np.ndarray) -> tuple[float, float, float]:
    moved = replace(fusion, method=WEIGHTS, weights=after, segments={}, booster="")
    now, then = (_ndcg(judged, one) for one in (fusion, moved))
    gain = then - now
    error = float(gain.std(ddof=1) / np.sqrt(len(gain))) if len(gain) > 1 else 0.0
    return float(now.mean()), float(then.mean()), error


def _ndcg(judged: Judged, fusion: Fusion) -> np.ndarray:
    lists, _ = ordered(judged.pool, fusion.scores(judged.pool), K)
    sizes = np.array([len(columns) for columns in judged.relevant])
    return ranking_at(hits_of(lists, judged.relevant), sizes, K)["ndcg"]


def moved_fusion(fusion: Fusion, moved: Mapping[str, Moved]) -> Fusion:
    """The fusion with the weights of every segment that moved for the better; a learned ranker gives way to them."""
    better = {number: moved[name] for number, name in enumerate(SEGMENT_NAMES) if moved[name].better}
    if not better:
        return fusion
    segments = {number: fusion.segments.get(number, fusion.weights) for number in range(len(SEGMENT_NAMES))}
    segments |= {number: one.after for number, one in better.items()}
    return replace(fusion, method=WEIGHTS, booster="", segments=segments)
