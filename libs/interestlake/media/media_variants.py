"""The content model on all modalities and on each alone, judged alike; and what is left when modalities are missing."""

from collections.abc import Callable, Mapping

import numpy as np
import scipy.sparse as sp
import torch

from ..core.params.all import TrainMedia
from ..models.gated_fusion import MediaMatch
from ..training.checkpoint import Checkpoint
from ..training.loop import Epochs, History, train
from .training import Content, ContentHoldout, evaluate_content, pair_loss, profiles

DROPPED = (0.25, 0.5, 0.75)  # chances that a modality of an item is missing
DRAWS = 3  # draws of what is missing, averaged


def fit(
    items: Content,
    used: sp.csr_matrix,
    validation: ContentHoldout,
    epochs: Epochs,
    params: TrainMedia,
    seed: int,
    saved: Checkpoint,
    mark: str,
    device: torch.device,
    on_look: Callable[[int, float, float], None] = lambda epoch, loss, value: None,
) -> tuple[MediaMatch, History]:
    """Train a MediaMatch on the modalities of `items`; used: (users, items) weights of the pairs that `epochs` give."""
    torch.manual_seed(seed)
    model = MediaMatch(items.widths, params.dimension, params.dropout, params.temperature).to(device)
    share = np.asarray(used.getnnz(axis=0)) / used.nnz
    loss_of = pair_loss(model, items, profiles(items, used), share, params.modality_dropout)

    def value_of() -> float | None:
        judged = evaluate_content(model, items, validation)
        return judged["ndcg_10"] if judged["people"] else None

    history = train(model, epochs, loss_of, value_of, params, seed, saved, mark, on_look)
    return model, history


def compare(
    model: MediaMatch,
    alone: Mapping[str, MediaMatch],
    items: Content,
    holdouts: Mapping[str, ContentHoldout],
    seed: int,
) -> dict[str, float]:
    """Figures `<variant>.<holdout>.<metric>` of the fused model and of each modality's own, where there are people.

    `dropped_0.5.<holdout>.<metric>`: the fused model where each modality of each item is missing with chance 0.5, in
    the lists and in the histories, one at least kept; mean of DRAWS draws. `without_<name>...`: no item has that
    modality.
    """
    variants = {"fused": (model, [items])}
    variants |= {name: (own, [items.only((name,))]) for name, own in alone.items()}
    for share in DROPPED:
        variants[f"dropped_{share:g}"] = model, [items.without(share, seed + draw) for draw in range(DRAWS)]
    if len(items.names) > 1:
        variants |= {f"without_{name}": (model, [_lacking(items, name)]) for name in items.names}
    figures = {}
    for label, (judged, contents) in variants.items():
        for held_out, asked in holdouts.items():
            recalls = [evaluate_content(judged, content, asked) for content in contents]
            if recalls[0]["people"]:
                figures[f"{label}.{held_out}.ndcg_10"] = float(np.mean([one["ndcg_10"] for one in recalls]))
                figures[f"{label}.{held_out}.recall_10"] = float(np.mean([one["recall_10"] for one in recalls]))
                if label == "fused":
                    figures[f"people.{held_out}"] = recalls[0]["people"]
    return figures


def _lacking(items: Content, name: str) -> Content:
    place, present = items.names.index(name), items.present.clone()
    present[:, place] = 0
    vectors = tuple(v * present[:, m, None] for m, v in enumerate(items.vectors))
    return Content(items.names, vectors, present)
