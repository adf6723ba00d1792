"""The lake's two-tower training from its feed to its vectors, in one process or in one of several."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import torch

from ..core.params.all import TwoTower as Params
from ..training.checkpoint import State
from ..training.holdout import Holdout
from ..training.line import Line, LineState
from ..training.loop import Batch, best_device, train
from ..training.ranks import ALONE, Ranks
from ..training.shards import shared_batches
from ..training.snapshot import Snapshot
from ..training.tensors import pair_counts, side_tensor
from .pair_parts import Collected, PairFit, Shared, pieces_of
from .two_tower import TwoTower
from .two_tower_plan import SHUFFLE_WINDOW
from .two_tower_training import pair_loss, pair_value


@dataclass(frozen=True)
class PairTraining:
    """One training of the lake's two-tower model in plain values, for whichever process carries it out.

    mark: of parameters and tables; a state of another one is not gone on with.
    """

    params: Params
    seed: int
    examples: Snapshot
    items: Snapshot
    users: Snapshot
    holdout: Holdout
    mark: str

    @property
    def window(self) -> int:
        """Rows of one shuffle."""
        return min(SHUFFLE_WINDOW, self.examples.rows)


def fit_pairs(
    training: PairTraining, saved: State, on_look: Callable[[int, float, float], None], ranks: Ranks = ALONE
) -> PairFit:
    """Train on this process, or on this one's part.

    Raises ShortRead where the feed lost rows, BadInput for indexes that are none.
    """
    params, seed, examples = training.params, training.seed, training.examples
    items, users = (
        side_tensor(table, index, ranks)
        for table, index in ((training.items, "item_index"), (training.users, "user_index"))
    )
    rows = users.rows, items.rows
    torch.manual_seed(seed)
    model = TwoTower(
        users.features, items.features, params.dimension, params.dropout, params.temperature, rows, ranks
    ).to(best_device())
    user_pairs, item_pairs = pair_counts(examples, *rows, ranks)

    def epochs(epoch: int) -> Iterator[Batch]:
        return shared_batches(examples, ranks, params.batch_size, training.window, seed * 1_000_003 + epoch)

    loss_of, value_of = pair_loss(model, item_pairs / examples.rows, ranks), pair_value(model, training.holdout, ranks)
    history = train(model, epochs, loss_of, value_of, params, seed, saved, training.mark, on_look, ranks=ranks)
    model.cpu()
    people, things = (vectors.numpy() for vectors in model.vectors())
    return PairFit(model, history, (people, things), user_pairs, items.listed)


def fit_in_rank(training: PairTraining, ranks: Ranks, line: Line) -> Shared:
    """`fit_pairs` in one of several processes; the driver keeps the state, hears of looks, and collects the rows."""
    examples, items, users = (line.here(table) for table in (training.examples, training.items, training.users))
    training = replace(training, examples=examples, items=items, users=users)

    def on_look(epoch: int, loss: float, ndcg: float) -> None:
        line.ask("look", epoch, loss, ndcg)

    fit = fit_pairs(training, LineState(line), on_look, ranks)
    for piece in pieces_of(fit, ranks):
        line.ask("rows", *piece)
    return Shared.of(fit)


def collected(params: Params, users: int, items: int, width: int) -> Collected:
    """The driver's place for the rows of a training of so many, with features of `width` coordinates."""
    sides = torch.zeros(users, width), torch.zeros(items, width)
    return Collected(TwoTower(*sides, params.dimension, params.dropout, params.temperature))
