"""The second phase on files: every chosen model on train and validation together, and everybody's lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from logging import Logger

import numpy as np
import scipy.sparse as sp

from ...evaluation.cost import Cost, measured
from ...interactions.pairs import Pairs
from ...interactions.side_information import SideInformation, likeness_vectors
from ...models.fitted import Fitted, top_lists
from ...recommending.choose import FUSED, Choice, Settings, fit_all
from ...recommending.fusion import Fusion
from ...recommending.pool import gather
from ...recommending.rerank import list_pool


@dataclass(frozen=True)
class Outcome:
    """model -> (U, k) lists and scores of everybody, and costs; fusion: over the models that could be fitted."""

    choice: Choice
    known: Pairs
    friends: sp.csr_matrix | None
    fusion: Fusion
    fitted: Mapping[str, Fitted]
    lists: Mapping[str, np.ndarray]
    scores: Mapping[str, np.ndarray]
    costs: Mapping[str, Cost]


def finish(
    choice: Choice, histories: Pairs, side: SideInformation, settings: Settings, diversity: float, log: Logger
) -> Outcome:
    """Fit on `histories`, list for everybody; diversity: see docs/benchmark.md."""
    k, everyone = settings.k, np.arange(histories.shape[0])
    fusion, fitted = fit_all(choice, histories, side, settings.seed, log)
    costs = {chosen.model.name: chosen.cost for chosen in choice.models if chosen.model.name in fitted}
    lists, scores = {}, {}
    for name, one in fitted.items():
        with measured(costs[name], "predict"):
            lists[name], scores[name] = top_lists(one, histories, everyone, k, side.friends)
    costs[FUSED] = choice.cost
    with measured(costs[FUSED], "predict"):
        fused = gather([fitted[name] for name in fusion.names], histories, everyone, side.friends)
        alike = likeness_vectors(side, histories, settings.seed) if diversity else None
        lists[FUSED], scores[FUSED] = list_pool(fused, fusion.scores(fused), k, alike, diversity)
    return Outcome(choice, histories, side.friends, fusion, fitted, lists, scores, costs)
