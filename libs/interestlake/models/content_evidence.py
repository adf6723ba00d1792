"""Log evidence over steps that items alike share: a rare item borrows the steps of those described like it."""

from collections.abc import Mapping

import numpy as np
import scipy.sparse as sp

from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from .fitted import Fitted
from .log_evidence import LogEvidence, log_background, log_evidence
from .model import LEAST, PATTERN, Cost, Model, Size
from .neighbours import strongest_per_row
from .transitions import transition_edges


def shared_steps(
    counts: sp.csr_matrix, alike: sp.csr_matrix, borrowed: float, reached: float, direct: float
) -> sp.csr_matrix:
    """C + borrowed R C + reached C R' + direct S, R = S with rows that sum to 1, zero diagonal, float32.

    counts C: (I, I) steps from row to column; alike S: (I, I) >= 0, an item's nearest by what they are about. borrowed:
    from an item one goes on as from those like it; reached: an item, also one without a history, is come to as those
    like it are; direct: one goes from an item to those like it. After the text-aware rings of few-hop transition
    graphs (arXiv 2605.07125), one hop.
    """
    total = np.asarray(alike.sum(axis=1)).ravel()
    share = sp.csr_matrix(sp.diags((1.0 / np.where(total > 0, total, 1.0)).astype(np.float32)) @ alike)
    steps = counts
    if borrowed:
        steps = steps + np.float32(borrowed) * (share @ counts)
    if reached:
        steps = steps + np.float32(reached) * (counts @ share.T)
    if direct:
        steps = steps + np.float32(direct) * alike
    steps = sp.coo_matrix(steps)
    apart = steps.row != steps.col
    return sp.csr_matrix((steps.data[apart], (steps.row[apart], steps.col[apart])), steps.shape, dtype=np.float32)


def fit(pairs: Pairs, side: SideInformation, params: Mapping, seed: int) -> Fitted:
    """See `shared_steps` and `LogEvidence`; alike: each item's `neighbours` nearest of `SideInformation.alike`."""
    liked = pairs.weights > 0
    users, items, size = pairs.users[liked], pairs.items[liked], pairs.shape[1]
    counts = transition_edges(users, items, None, size, window=params["window"], gap_power=0.5,
                              backward=params["backward"], discount=0.0)  # fmt: skip
    near = side.alike.tocoo()
    alike = strongest_per_row(near.row, near.col, near.data, params["neighbours"], near.shape)
    steps = shared_steps(counts, alike, *(params[name] for name in ("borrowed", "reached", "direct")))
    background = log_background(np.bincount(items, minlength=size), params["popularity"])
    evidence = log_evidence(steps, params["smoothing"])
    return Fitted(LogEvidence("content_evidence", evidence, background, decay=params["decay"]))


def cost(size: Size) -> Cost:
    """The nearest of every item, which later fits find made, and steps that ten items alike share."""
    return Cost(LEAST + 3_000.0 * size.pairs + 8_000.0 * size.items, 2.5e-8 * size.items**2 + 1.5e-5 * size.pairs)


CONTENT_EVIDENCE = Model(
    "content_evidence",
    "text",
    PATTERN,
    fit,
    cost,
    grids={
        "decay": Grid((0.6, 0.8, 1.0)),
        "reached": Grid((0.0, 0.1, 0.3, 1.0), 3.0, high=10.0),
        "borrowed": Grid((0.0, 0.1, 0.3, 1.0), 3.0, high=10.0),
        "direct": Grid((0.0, 0.1, 0.3, 1.0), 3.0, high=10.0),
        "backward": Grid((0.0, 0.3, 1.0)),
        "smoothing": Grid((0.1, 0.3, 1.0), 3.0, low=1e-3, high=1e3),
        "neighbours": Grid((5, 10, 30)),
        "window": Grid((3, 10, 30)),
        "popularity": Grid((-0.1, -0.03, 0.0, 0.03, 0.1)),
    },
    needs=("content",),
    budget=40,
    quick={
        "decay": 0.8,
        "reached": 0.3,
        "borrowed": 0.1,
        "direct": 0.3,
        "backward": 0.3,
        "smoothing": 0.3,
        "neighbours": 10,
        "window": 10,
        "popularity": 0.0,
    },
)
