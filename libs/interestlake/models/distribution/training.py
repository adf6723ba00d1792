"""The distribution's training: windows of histories through Petastorm, a view of each, cross-entropy over the items."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ...core.present import present
from ...interactions.pairs import Pairs
from ...interactions.side_information import SideInformation
from ...text.encoder_files import find_encoder
from ...text.tuning.batches import Pieces, padded
from ...text.tuning.encoder import Encoder
from ...text.tuning.fit import computes_in_half
from ...text.tuning.plan import Plan
from ...training.loop import best_device
from ...training.reader import Batch, read_batches, shuffled
from ...training.sequences import windows
from ...training.snapshot import store
from ..fitted import Fitted
from ..trainer import Job, Trainer, Training
from .model import ItemSoftmax, view_loss
from .scorer import DistributionScorer, Reader
from .verbalise import TEXT_PIECES, TITLES, draw_view, item_pieces

WINDOW = 64  # items of a history that one row holds
FULL, DRAWN = 20_000, 4_096  # most items of a full softmax, and how many stand for more
ITEM_RATE, PENALTY = 0.01, 1e-5  # of what is learned per item: Adam's step and its L2
SCHEDULE = Training(
    steps=1_000_000,
    epochs=12,
    validate_steps=1,
    patience_steps=1,
    warmup_steps=0,
    learning_rate=1e-4,
    weight_decay=0.0,
    batch=16,
)
HEAD_RATE, LAYER_DECAY = 2e-3, 0.85
ADAPTERS = ("full", "lora", "adalora", "frozen")


class HistoryModel(nn.Module):
    """Encoder and softmax as one module, so that one state holds both; `steps` counts those taken."""

    def __init__(self, encoder: Encoder, head: ItemSoftmax):
        super().__init__()
        self.encoder, self.head = encoder, head
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))

    def after_step(self) -> None:
        """AdaLoRA gives its ranks out anew."""
        self.encoder.after_step(int(self.steps))
        self.steps += 1


def trainer(adapter: str, encoder: str = "", precision: str = "auto", epochs: int | None = None) -> Trainer:
    """The model's trainer; `adapter` is one of ADAPTERS, `encoder` a folder, empty for the shipped one."""
    schedule = SCHEDULE if epochs is None else Training(**{**vars(SCHEDULE), "epochs": epochs})
    fixed = {"adapter": adapter, "encoder": encoder, "precision": precision, "most_epochs": schedule.epochs}
    return Trainer(distribution, fixed, schedule)


def distribution(data: Pairs, side: SideInformation, params: Mapping, most: int, seed: int, folder: Path) -> Job:
    """Rows of up to WINDOW consecutive items of one person; an epoch shows each row once, by a view drawn anew."""
    items, device = data.shape[1], best_device()
    liked = data.weights > 0
    rows = windows(data.users[liked], data.items[liked], WINDOW - 1, items)
    feed = store({"items": rows}, "histories", folder)
    files = find_encoder(params["encoder"], TEXT_PIECES, where="--encoder")
    adapter = params["adapter"]
    size = min(most, max(feed.rows // 16, 8))
    # of the whole schedule: a refit of fewer epochs gives AdaLoRA's ranks out as the training that chose them did
    steps = params["most_epochs"] * -(-feed.rows // size)
    method = "full" if adapter == "frozen" else adapter
    encoder = Encoder(files.path, method, computes_in_half(params["precision"], device), steps).to(device)
    if adapter == "frozen":
        encoder.requires_grad_(False)
    pieces = Pieces(files.path, TEXT_PIECES)
    counts = torch.as_tensor(np.bincount(data.items[liked], minlength=items), dtype=torch.float32)
    text = torch.as_tensor(side.text, dtype=torch.float32)
    head = ItemSoftmax(text, counts, torch.as_tensor(item_pieces(pieces, present(side.said))), encoder.width).to(device)
    model = HistoryModel(encoder, head)
    reader = Reader(encoder, head, pieces)
    drawing = np.random.default_rng(seed)

    def batches(epoch: int) -> Iterator[Batch]:
        nonlocal drawing
        drawing = np.random.default_rng([seed, epoch])
        return shuffled(read_batches(feed), size, feed.rows, seed * 1_000_003 + epoch)

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        views = [draw_view(row[row < items], drawing) for row in batch["items"]]
        ids, mask = padded([reader.text(shown) for shown, _ in views], device)
        with torch.set_grad_enabled(adapter != "frozen"):
            vectors = encoder.pooled(ids, mask)
        listed = torch.full((len(views), TITLES), items, dtype=torch.long)
        for place, (columns, _) in enumerate(views):
            listed[place, : len(columns)] = torch.as_tensor(columns, dtype=torch.long)
        owner = np.repeat(np.arange(len(views)), [len(others) for _, others in views])
        targets = np.concatenate([others for _, others in views])
        owners, others = (torch.as_tensor(part, dtype=torch.long, device=device) for part in (owner, targets))
        drawn = torch.randint(items, (DRAWN,), device=device) if items > FULL else None
        loss = view_loss(head, head.states(vectors), listed.to(device), owners, others, drawn) + encoder.penalty()
        return loss, float(len(targets))

    known = (counts > 0).numpy() | np.abs(present(side.text)).any(axis=1)
    return Job(
        model,
        batches,
        loss_of,
        lambda: Fitted(DistributionScorer("distribution", reader, known)),
        groups(model, adapter),
        model.after_step,
    )


def groups(model: HistoryModel, adapter: str) -> list[dict]:
    """Adam's groups: the encoder by layer, the maps, and what is learned per item, each at its own rate."""
    head = model.head
    maps = nn.ModuleList([head.from_user, head.from_text])
    plan = Plan(learning_rate=SCHEDULE.learning_rate, head_rate=HEAD_RATE, layer_decay=LAYER_DECAY, weight_decay=0.0)
    if adapter == "frozen":
        parameters = [{"params": [*maps.parameters()], "lr": HEAD_RATE}]
    else:
        parameters = model.encoder.groups(maps, plan)
    parameters.append({"params": [head.sharpness], "lr": HEAD_RATE})
    return [*parameters, {"params": [head.delta, head.shift], "lr": ITEM_RATE, "weight_decay": PENALTY}]
