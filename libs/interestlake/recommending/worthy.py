"""Which fitted models take part in the fusion: those near the best, and trained ones that lift it."""

import numpy as np
import scipy.sparse as sp

from ..interactions.held_out import HeldOut
from ..interactions.pairs import Pairs
from ..models.fitted import Fitted
from .pool import gather
from .segment_weights import mean_ndcg

SHARES = (0.2, 0.4)  # of a second model in a blend with the leader


def lift(leader: Fitted, other: Fitted, known: Pairs, judged: HeldOut, k: int, friends: sp.csr_matrix | None) -> float:
    """How much of the leader's nDCG@k the better of two blends with `other` adds to it; below 0 where both are worse.

    Blends weigh standard scores by SHARES, as the fusion does; judged: people of validation; histories are in `known`.
    0.0 where the leader has nothing right.
    """
    pool = gather([leader, other], known, judged.people, friends)
    alone, *blended = mean_ndcg(pool, judged.relevant, np.array([(1 - s, s) for s in (0.0, *SHARES)]), k)
    return float(max(blended) / alone - 1.0) if alone > 0 else 0.0
