"""The two-tower model from pairs and what is known beside them, as the lake's stage fits it from tables."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import torch
from sklearn.decomposition import PCA
from threadpoolctl import threadpool_limits

from ..core.vectors import unit_rows
from ..evaluation.search import Grid
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..training.loop import best_device
from ..training.ranks import ALONE, Ranks
from ..training.snapshot import store
from .factors import FactorScorer
from .fitted import Fitted
from .low_rank import low_rank
from .model import PATTERN, Model, trained, went_on
from .start import ITEMS, USERS
from .trained_costs import two_tower_cost
from .trainer import Job, Trainer, Training, learned, pair_batches
from .two_tower import TwoTower
from .two_tower_training import pair_loss

TEXT_RANK = PAIR_RANK = 64


def side_of(data: Pairs, text: np.ndarray | None, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """-> (U, d), (I, d) float32: low-rank vectors of the pairs and, where there are texts (I, t), these on their
    leading axes; a person's text is the mean of what they chose. Each block has unit length, zeros for nothing."""
    people, items = (unit_rows(vectors) for vectors in low_rank(data.matrix, PAIR_RANK, seed))
    if text is not None:
        written = np.abs(text).any(axis=1)
        rank = min(TEXT_RANK, text.shape[1], int(written.sum()))
        reduced = np.zeros((len(text), rank))
        with threadpool_limits(1, "blas"):  # as `truncated_svd`
            reduced[written] = PCA(rank, svd_solver="full").fit_transform(text[written])
        reduced = unit_rows(reduced)
        weights = sp.csr_matrix((data.weights, (data.users, data.items)), shape=data.shape)
        people, items = np.hstack([people, unit_rows(weights @ reduced)]), np.hstack([items, reduced])
    return torch.as_tensor(people, dtype=torch.float32), torch.as_tensor(items, dtype=torch.float32)


def two_tower(
    data: Pairs, side: SideInformation, params: Mapping, most: int, seed: int, folder: Path, ranks: Ranks = ALONE,
    new: np.ndarray | None = None,
) -> Job:  # fmt: skip
    """TwoTower under the in-batch softmax; an item without a pair speaks through its text alone. new: (n,) bool, as
    `learned` takes it, for the pairs of the loss."""
    device, liked = best_device(), data.weights > 0
    user_side, item_side = side_of(data, side.text, seed)
    model = TwoTower(user_side, item_side, params["dimension"], params["dropout"], params["temperature"]).to(device)
    columns = {"user_index": data.users, "item_index": data.items, "weight": data.weights}
    kept = learned(data, new, seed)
    feed = store({name: values[kept] for name, values in columns.items()}, "pairs", folder)
    pairs_of = np.bincount(data.items[liked], minlength=data.shape[1])
    with torch.no_grad():
        model.item_tower.identity.weight[torch.as_tensor(pairs_of == 0, device=device)] = 0.0
    silent = (pairs_of == 0) & ~item_side.numpy().any(axis=1)
    strangers = np.bincount(data.users[liked], minlength=data.shape[0]) == 0

    def fitted() -> Fitted:
        people, items = (vectors.cpu().numpy() for vectors in model.vectors())
        people[strangers] = 0.0
        items[silent] = 0.0
        return Fitted(FactorScorer("two_tower", items), people)

    tables = {f"{tower}_tower.{part}": (axis,) for tower, axis in (("user", USERS), ("item", ITEMS))
              for part in ("identity.weight", "side")}  # fmt: skip
    examples = int(liked.sum())
    batches = pair_batches(feed, most, seed, ranks, examples)
    return Job(model, batches, pair_loss(model, pairs_of / examples, ranks), fitted, tables=tables)


SCHEDULE = Training(
    steps=3_000,
    validate_steps=60,
    patience_steps=240,
    warmup_steps=50,
    learning_rate=3e-3,
    weight_decay=1e-5,
    batch=1_024,
)
TRAINER = Trainer(two_tower, {"dimension": 64, "dropout": 0.1}, SCHEDULE, shared=True, goes_on=True)
TWO_TOWER = Model(
    "two_tower",
    "behaviour",
    PATTERN,
    trained(TRAINER),
    two_tower_cost,
    grids={"temperature": Grid((0.1, 0.2), 2.0, low=0.025, high=0.4, start=0)},
    budget=3,
    quick=None,
    trainer=TRAINER,
    go_on=went_on(TRAINER),
)
