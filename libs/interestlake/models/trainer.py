"""How a neural model is fitted: pairs to Parquet, Petastorm to torch, early stopping where validation is given."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..training.checkpoint import Checkpoint
from ..training.loop import History, train
from ..training.reader import Batch, read_batches, shuffled
from ..training.snapshot import Snapshot, store
from .fitted import Fitted

Judge = Callable[[Fitted], float]
WINDOW = 4_000_000  # rows of one shuffle
MIN_STEPS = 16
PROBE_STEPS = 600  # after which a hopeless training ends


@dataclass(frozen=True)
class Training:
    """A schedule of training/loop.py, the tokens or pairs of one step, and the most steps of a training that is judged.

    epochs: the most of those.
    """

    steps: int
    validate_steps: int
    patience_steps: int
    warmup_steps: int
    learning_rate: float
    weight_decay: float
    batch: int
    epochs: int = 1_000


@dataclass(frozen=True)
class Trained:
    """A fitted model and the curves of its training."""

    fitted: Fitted
    history: History


@dataclass(frozen=True)
class Job:
    """One training: the model, its file of examples, batches by epoch, the loss, and what the weights give.

    groups, after_step: as in training/loop.py, for a model whose parts learn at different rates.
    """

    model: nn.Module
    batches: Callable[[int], Iterator[Batch]]
    loss_of: Callable[[Batch], tuple[Tensor, float]]
    fitted: Callable[[], Fitted]
    groups: Sequence[dict] | None = None
    after_step: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class Trainer:
    """One neural model: how its training is built, the parameters that are not searched, and its schedule."""

    build: Callable[..., Job]
    fixed: Mapping
    training: Training

    def fit(
        self,
        data: Pairs,
        side: SideInformation,
        params: Mapping,
        seed: int,
        judge: Judge | None = None,
        least: float = 0.0,
        judged_by: bytes = b"",
    ) -> Trained:
        """Train on `data`: with a judge until its value stops rising, without one for params["epochs"].

        Epochs are whole passes over `data`, so that a fit on more data takes as many more steps. least: a training that
        is `hopeless` of it ends early. judged_by: what the judge looks at; a killed training goes on only where this,
        the data, the features and the parameters are the same.
        """
        torch.manual_seed(seed)
        params = {**self.fixed, **params}
        schedule = self.training if judge else replace(self.training, epochs=params["epochs"])
        name = self.build.__name__
        mark = hashlib.sha256(repr((name, schedule, sorted(params.items()), seed)).encode())
        features = [values for values in (side.text, side.facts) if values is not None]
        for values in (data.users, data.items, *features):
            mark.update(values.tobytes())
        mark.update(judged_by)
        saved = Checkpoint.of_fit(f"{name}-{mark.hexdigest()[:16]}")
        with tempfile.TemporaryDirectory(prefix="interestlake-feed-") as folder:
            job = self.build(data, side, params, self.training.batch, seed, Path(folder))
            history = train(
                job.model,
                job.batches,
                job.loss_of,
                (lambda: judge(job.fitted())) if judge else (lambda: None),
                schedule,
                seed,
                saved,
                mark.hexdigest(),
                lambda *_: None,
                lambda h: judge is None or (h.steps[-1] < schedule.steps and not hopeless(h, least, schedule.steps)),
                job.groups,
                job.after_step,
            )
            saved.remove()
            return Trained(job.fitted(), history)


def hopeless(history: History, least: float, steps: int) -> bool:
    """Whether a training of PROBE_STEPS steps or more is below `least`, and would be at the end of its `steps` even if
    it rose on as over the latter half of those taken."""
    now, best = history.steps[-1], max(history.validation_ndcg)
    if best >= least or now < PROBE_STEPS:
        return False
    early = [value for step, value in zip(history.steps, history.validation_ndcg, strict=True) if 2 * step <= now]
    pace = 2 * (best - max(early, default=0.0)) / now
    return best + pace * (steps - now) < least


def pair_feed(data: Pairs, folder: Path) -> Snapshot:
    liked = data.weights > 0
    return store({"user": data.users[liked], "item": data.items[liked]}, "pairs", folder)


def step_size(examples: int, most: int) -> int:
    """Examples per step: `most`, or fewer where an epoch would have less than MIN_STEPS of them."""
    return min(most, max(examples // MIN_STEPS, 64))


def pair_batches(feed: Snapshot, most: int, seed: int) -> Callable[[int], Iterator[Batch]]:
    size = step_size(feed.rows, most)
    return lambda epoch: shuffled(read_batches(feed), size, min(WINDOW, feed.rows), seed * 1_000_003 + epoch)


def indexes(batch: Batch, device: torch.device) -> tuple[Tensor, Tensor]:
    users, items = (torch.as_tensor(batch[name], dtype=torch.long, device=device) for name in ("user", "item"))
    return users, items


def drawn_negatives(items: int, drawn: int) -> Callable[[torch.device], Tensor | None]:
    """Drawn anew for each step by torch's generator, which the loop seeds; None where all items are hardly more."""
    if items <= 2 * drawn:
        return lambda device: None
    return lambda device: torch.randint(items, (drawn,), device=device)
