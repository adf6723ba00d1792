"""What a factorisation would hold, and so which engine makes it. No Spark here."""

from dataclasses import asdict, dataclass

import numpy as np

from ..core.params.all import Als

PAIR_BYTES = 80  # a pair as it arrives, in both orientations and as a confidence
FACTOR_COPIES = 3  # factors while they are fitted, folded in and sent back


@dataclass(frozen=True)
class AlsFit:
    """How a set of factors is fitted, and with what a history is folded in: see `item_side.FoldInAls`.

    regularization: the L2 weight the engine takes; scaled: multiplied by the length of a history (Spark) or not.
    """

    engine: str
    reason: str
    alpha: float
    regularization: float
    scaled: bool

    def row(self) -> dict[str, object]:
        """The row of models.als_fit."""
        return asdict(self)


def plan_fit(params: Als, pairs: int, people: int, items: int) -> AlsFit:
    """The engine that `params.engine` names; auto: `implicit` where its plan stays within `params.max_gigabytes`.

    `implicit` takes one L2 weight for all rows where Spark multiplies it by a row's pairs: it gets
    regularization * pairs / sqrt(people * items), the geometric mean of a person's and an item's.
    """
    planned = (pairs * PAIR_BYTES + (people + items) * params.rank * 4 * FACTOR_COPIES) / 2**30
    engine, reason = params.engine, f"als.engine={params.engine}"
    if engine == "auto":
        engine = "implicit" if planned <= params.max_gigabytes else "spark"
        size = f"{pairs} pairs and {people + items} vectors plan {planned:.3f} GB"
        reason = f"{size}, als.max_gigabytes={params.max_gigabytes:g}"
    if engine == "spark":
        return AlsFit(engine, reason, params.alpha, params.regularization, scaled=True)
    shared = params.regularization * pairs / np.sqrt(max(people * items, 1))
    return AlsFit(engine, reason, params.alpha, float(shared), scaled=False)
