"""The benchmark's neural models: pairs to Parquet, Petastorm to torch, early stopping where validation is given."""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from ..interactions.pairs import RECENT, Feedback
from ..training import checkpoint
from ..training.loop import History, best_device, train
from ..training.reader import Batch, read_batches, shuffled
from ..training.sequences import of_equal_length, windows
from ..training.snapshot import Snapshot, store
from .fitted import Fitted
from .item_side import FactorScorer
from .light_gcn import LightGcn
from .losses import softmax_over_items
from .ncf import NcfScorer, NeuMf
from .sasrec import SasRec, SequenceScorer

Judge = Callable[[Fitted], float]
WINDOW = 4_000_000  # rows of one shuffle
MIN_STEPS = 16
PROBE = 5  # epochs after which a hopeless training ends


@dataclass(frozen=True)
class Training:
    """A schedule of training/loop.py, and the tokens or pairs of one step."""

    epochs: int
    patience: int
    learning_rate: float
    weight_decay: float
    batch: int


SASREC = Training(epochs=60, patience=5, learning_rate=1e-3, weight_decay=0.0, batch=2_048)
LIGHT_GCN = Training(epochs=80, patience=5, learning_rate=1e-2, weight_decay=0.0, batch=2_048)
NCF = Training(epochs=40, patience=3, learning_rate=2e-3, weight_decay=1e-6, batch=2_048)


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
        self, data: Feedback, side, params: Mapping, seed: int, judge: Judge | None = None, least: float = 0.0,
        judged_by: bytes = b"",
    ) -> Trained:
        """Train on `data`: with a judge until its value stops rising, without one for params["epochs"].

        least: a training whose value is below it after PROBE epochs ends there. judged_by: what the judge looks at; a
        killed training goes on only where this, the data, the features and the parameters are the same.
        """
        torch.manual_seed(seed)
        params = {**self.fixed, **params}
        schedule = self.training if judge else replace(self.training, epochs=params["epochs"])
        name = self.build.__name__
        mark = hashlib.sha256(repr((name, schedule, sorted(params.items()), seed)).encode())
        known = [values for values in (side.text, side.facts) if values is not None]
        for values in (data.users, data.items, *known):
            mark.update(values.tobytes())
        mark.update(judged_by)
        saved = Path(tempfile.gettempdir()) / "interestlake" / f"{name}-{mark.hexdigest()[:16]}.pt"
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
                lambda h: judge is None or len(h.loss) < PROBE or max(h.validation_ndcg) >= least,
                job.groups,
                job.after_step,
            )
            checkpoint.remove(saved)
            return Trained(job.fitted(), history)


def sasrec(data: Feedback, side, params: Mapping, most: int, seed: int, folder: Path) -> Job:
    """SASRec with full or many-negative cross-entropy; texts and facts of the items stand beside their ids."""
    items, device = data.shape[1], best_device()
    liked = data.weights > 0
    rows = windows(data.users[liked], data.items[liked], RECENT, items)
    feed = store({"items": rows}, "sequences", folder)
    tokens = step_size(int((rows != items).sum()), most)
    known = _features(side)
    model = SasRec(items, RECENT, params["dimension"], 2, 2, params["dropout"], known).to(device)
    negatives = _negatives(items, 2_048)

    def batches(epoch: int) -> Iterator[Batch]:
        order = shuffled(read_batches(feed), len(rows), min(WINDOW, feed.rows), seed * 1_000_003 + epoch)
        return ({"items": part} for part in of_equal_length(order, tokens, items, seed + epoch))

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        given = torch.as_tensor(batch["items"], dtype=torch.long, device=device)
        targets = given[:, 1:]
        real = targets < items
        states = model(given[:, :-1])[real]  # (B, L, D) -> (N, D)
        loss = softmax_over_items(states, targets[real], model.item_vectors(), negatives(device))
        return loss, float(real.sum())

    trained = np.bincount(data.items[liked], minlength=items) > 0
    seen = trained if known is None else trained | (known.abs().sum(dim=1) > 0).numpy()
    return Job(model, batches, loss_of, lambda: Fitted(SequenceScorer("sasrec", model, seen)))


def light_gcn(data: Feedback, side, params: Mapping, most: int, seed: int, folder: Path) -> Job:
    """LightGCN under a sampled softmax over cosines, which needs a tenth of the epochs of the pairwise loss."""
    device = best_device()
    feed = _pairs(data, folder)
    model = LightGcn(data.matrix, params["dimension"], params["layers"]).to(device)
    negatives, temperature = _negatives(data.shape[1], 512), params["temperature"]

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        users, items = _indexes(batch, device)
        people, catalogue = (functional.normalize(vectors, dim=1) for vectors in model.vectors())
        loss = softmax_over_items(people[users], items, catalogue, negatives(device), temperature)
        return loss, float(len(users))

    def fitted() -> Fitted:
        with torch.no_grad():
            people, items = (functional.normalize(part, dim=1).cpu().numpy() for part in model.vectors())
        people[np.diff(data.starts) == 0] = 0.0
        items[np.bincount(data.items, minlength=data.shape[1]) == 0] = 0.0
        return Fitted(FactorScorer("lightgcn", items), people)

    return Job(model, _batches(feed, most, seed), loss_of, fitted)


def ncf(data: Feedback, side, params: Mapping, most: int, seed: int, folder: Path) -> Job:
    """NeuMF by binary cross-entropy, `negatives` drawn items for each chosen one."""
    device, items = best_device(), data.shape[1]
    feed = _pairs(data, folder)
    model = NeuMf(*data.shape, params["dimension"], params["dropout"]).to(device)
    drawn = params["negatives"]
    place = np.where(np.diff(data.starts) > 0, np.arange(data.shape[0]) + 1, 0)[:, None].astype(np.float64)
    trained = np.bincount(data.items, minlength=items) > 0

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        users, chosen = _indexes(batch, device)
        others = torch.randint(items, (drawn, len(users)), device=device)
        logits = model(users[None, :], torch.cat([chosen[None, :], others]))  # (1 + n, B)
        truth = torch.zeros_like(logits)
        truth[0] = 1.0
        return functional.binary_cross_entropy_with_logits(logits, truth), float(len(users))

    return Job(model, _batches(feed, most, seed), loss_of, lambda: Fitted(NcfScorer("ncf", model, trained), place))


def _pairs(data: Feedback, folder: Path) -> Snapshot:
    liked = data.weights > 0
    return store({"user": data.users[liked], "item": data.items[liked]}, "pairs", folder)


def step_size(examples: int, most: int) -> int:
    """Examples per step: `most`, or fewer where an epoch would have less than MIN_STEPS of them."""
    return min(most, max(examples // MIN_STEPS, 64))


def _batches(feed: Snapshot, most: int, seed: int) -> Callable[[int], Iterator[Batch]]:
    size = step_size(feed.rows, most)
    return lambda epoch: shuffled(read_batches(feed), size, min(WINDOW, feed.rows), seed * 1_000_003 + epoch)


def _indexes(batch: Batch, device) -> tuple[Tensor, Tensor]:
    return tuple(torch.as_tensor(batch[name], dtype=torch.long, device=device) for name in ("user", "item"))


def _negatives(items: int, drawn: int) -> Callable[[torch.device], Tensor | None]:
    """Drawn anew for each step by torch's generator, which the loop seeds; None where all items are hardly more."""
    if items <= 2 * drawn:
        return lambda device: None
    return lambda device: torch.randint(items, (drawn,), device=device)


def _features(side) -> Tensor | None:
    """(I, d) float32: text and fact vectors side by side; None where there are neither."""
    blocks = [values for values in (side.text, side.facts) if values is not None]
    return torch.as_tensor(np.hstack(blocks), dtype=torch.float32) if blocks else None
