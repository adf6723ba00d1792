"""How a neural model is fitted: pairs to Parquet, Petastorm to torch, early stopping where validation is given."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..core.present import present
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..training.checkpoint import Checkpoint, State
from ..training.line import Line, LineState, launcher
from ..training.loop import History, train
from ..training.ranks import ALONE, Ranks
from ..training.reader import Batch
from ..training.shards import shared_batches
from ..training.snapshot import Snapshot, store
from .fitted import Fitted
from .lay_over import lay_over, left_by
from .start import REPLAYED, Start, replayed

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

    groups, after_step: as in training/loop.py, for a model whose parts learn at different rates. tables: as `lay_over`
    takes them, of a model whose training can go on from a former one.
    """

    model: nn.Module
    batches: Callable[[int], Iterator[Batch]]
    loss_of: Callable[[Batch], tuple[Tensor, float]]
    fitted: Callable[[], Fitted]
    groups: Sequence[dict] | None = None
    after_step: Callable[[], None] = lambda: None
    tables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Trainer:
    """One neural model: how its training is built, the parameters that are not searched, and its schedule.

    shared: whether several processes can train it together; `build` then takes `ranks`. goes_on: whether a training can
    go on from a former one; `build` then takes `new`, (n,) bool: these pairs and some others are learned. beside:
    how many others it learns beside each new example.
    """

    build: Callable[..., Job]
    fixed: Mapping
    training: Training
    shared: bool = False
    goes_on: bool = False
    beside: int = REPLAYED

    def fit(
        self,
        data: Pairs,
        side: SideInformation,
        params: Mapping,
        seed: int,
        judge: Judge | None = None,
        least: float = 0.0,
        judged_by: bytes = b"",
        start: Start | None = None,
    ) -> Trained:
        """Train on `data`: with a judge until its value stops rising, without one for params["epochs"].

        Epochs are whole passes over `data`, so that a fit on more data takes as many more steps. least: a training that
        is `hopeless` of it ends early. judged_by: what the judge looks at; a killed training goes on only where this,
        the data, the features and the parameters are the same. Within `fits_shared` several processes train a `shared`
        model, the first of which judges. start: go on from a former fit of this shape, with as many
        steps as the new pairs alone would take in its epochs; without anything new its weights stay.
        """
        params = {**self.fixed, **params}
        schedule = self.training if judge else self._schedule(params["epochs"], start)
        name = self.build.__name__
        mark = hashlib.sha256(repr((name, schedule, sorted(params.items()), seed)).encode())
        features = [values for values in (side.text, side.facts) if values is not None]
        for values in (data.users, data.items, *features):
            mark.update(values.tobytes())
        mark.update(judged_by)
        if start is not None:
            for values in (*start.rows.values(), *start.weights.values(), start.new):
                mark.update(np.ascontiguousarray(values).tobytes())
        saved = Checkpoint.of_fit(f"{name}-{mark.hexdigest()[:16]}")
        work = partial(self._train, data, side, params, seed, judge, least, schedule, mark.hexdigest(), start)
        launch = launcher() if self.shared else None
        trained = present(work(saved, ALONE) if launch is None else launch(partial(_in_rank, work), saved))
        saved.remove()
        return trained

    def _schedule(self, epochs: int, start: Start | None) -> Training:
        """Without a judge. What goes on takes as many epochs as the new examples would take alone: with more, those
        learned again are learned too well. It begins at the whole rate, for it may take a few steps."""
        if start is not None:
            epochs = max(1, round(epochs / (1 + self.beside))) if start.new.any() else 0
        return replace(self.training, epochs=epochs, **({} if start is None else {"warmup_steps": 0}))

    def _train(
        self,
        data: Pairs,
        side: SideInformation,
        params: Mapping,
        seed: int,
        judge: Judge | None,
        least: float,
        schedule: Training,
        mark: str,
        start: Start | None,
        saved: State,
        ranks: Ranks,
    ) -> Trained | None:
        """In this process; None where another one leads."""
        torch.manual_seed(seed)
        given: dict[str, Any] = {"ranks": ranks} if self.shared else {}
        if start is not None:
            given["new"] = start.new
        with tempfile.TemporaryDirectory(prefix="interestlake-feed-") as folder:
            job = self.build(data, side, params, self.training.batch, seed, Path(folder), **given)
            if start is not None:
                lay_over(job.model, start, job.tables)
            history = train(
                job.model,
                job.batches,
                job.loss_of,
                (lambda: judge(job.fitted()) if ranks.leads else None) if judge else (lambda: None),
                schedule,
                seed,
                saved,
                mark,
                lambda *_: None,
                lambda h: judge is None or (h.steps[-1] < schedule.steps and not hopeless(h, least, schedule.steps)),
                job.groups,
                job.after_step,
                ranks,
            )
            if not ranks.leads:
                return None
            if ranks.count > 1:
                job.model.cpu()  # the driver may have no GPU
            weights = left_by(job.model) if self.goes_on and judge is None else {}
            return Trained(replace(job.fitted(), weights=weights), history)


def _in_rank(work: Callable[[State, Ranks], Trained | None], ranks: Ranks, line: Line) -> Trained | None:
    return work(LineState(line), ranks)


def hopeless(history: History, least: float, steps: int) -> bool:
    """Whether a training of PROBE_STEPS steps or more is below `least`, and would be at the end of its `steps` even if
    it rose on as over the latter half of those taken."""
    now, best = history.steps[-1], max(history.validation_ndcg)
    if best >= least or now < PROBE_STEPS:
        return False
    early = [value for step, value in zip(history.steps, history.validation_ndcg, strict=True) if 2 * step <= now]
    pace = 2 * (best - max(early, default=0.0)) / now
    return best + pace * (steps - now) < least


def pair_feed(data: Pairs, folder: Path, kept: np.ndarray) -> Snapshot:
    """kept: (n,) bool, the pairs that it holds."""
    return store({"user": data.users[kept], "item": data.items[kept]}, "pairs", folder)


def learned(data: Pairs, new: np.ndarray | None, seed: int) -> np.ndarray:
    """(n,) bool: the liked pairs; of them, where some are new, these and what is replayed beside them."""
    liked = data.weights > 0
    return liked if new is None or not new.any() else liked & replayed(new, REPLAYED, seed)


def step_size(examples: int, most: int) -> int:
    """Examples per step: `most`, or fewer where an epoch would have less than MIN_STEPS of them."""
    return min(most, max(examples // MIN_STEPS, 64))


def pair_batches(
    feed: Snapshot, most: int, seed: int, ranks: Ranks = ALONE, examples: int | None = None
) -> Callable[[int], Iterator[Batch]]:
    """examples: of which the feed is a part; a step is as large as theirs would be."""
    size = step_size(feed.rows if examples is None else examples, most)
    return lambda epoch: shared_batches(feed, ranks, size, min(WINDOW, feed.rows), seed * 1_000_003 + epoch)


def indexes(batch: Batch, device: torch.device) -> tuple[Tensor, Tensor]:
    users, items = (torch.as_tensor(batch[name], dtype=torch.long, device=device) for name in ("user", "item"))
    return users, items


def drawn_negatives(items: int, drawn: int) -> Callable[[torch.device], Tensor | None]:
    """Drawn anew for each step by torch's generator, which the loop seeds; None where all items are hardly more."""
    if items <= 2 * drawn:
        return lambda device: None
    return lambda device: torch.randint(items, (drawn,), device=device)
