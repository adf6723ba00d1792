"""The content model's side of the training loop: catalogue and profiles as tensors, loss, judgement, memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
import torch
from torch import Tensor
from torch.nn import functional

from ..core.errors import BadInput
from ..core.params.all import TrainMedia
from ..models.gated_fusion import MediaMatch, drop_modalities
from ..models.losses import in_batch_softmax
from ..training.holdout import Holdout, ndcg
from ..training.loop import Batch

CHUNK = 16_384  # rows fused at a time
LEAST = 1e-6  # a sum shorter than this came from nothing


@dataclass(frozen=True)
class Content:
    """Rows of vectors by modality: `names` (M); `vectors` M of (rows, width_m) float32; `present` (rows, M) 0 or 1."""

    names: tuple[str, ...]
    vectors: tuple[Tensor, ...]
    present: Tensor

    @property
    def widths(self) -> list[int]:
        return [vector.shape[1] for vector in self.vectors]

    def only(self, names: Sequence[str]) -> "Content":
        """The same rows with fewer modalities."""
        places = [self.names.index(name) for name in names]
        return Content(tuple(names), tuple(self.vectors[place] for place in places), self.present[:, places])

    def without(self, share: float, seed: int) -> "Content":
        """The same rows, each modality dropped with chance `share`, one at least kept where there is one."""
        present = drop_modalities(self.present, share, torch.Generator().manual_seed(seed))
        return Content(self.names, tuple(v * present[:, m, None] for m, v in enumerate(self.vectors)), present)

    def rows(self, index: Tensor) -> tuple[list[Tensor], Tensor]:
        """Vectors and presence of some rows."""
        return [vector[index] for vector in self.vectors], self.present[index]

    def to(self, device: torch.device) -> "Content":
        """The same on another device."""
        return Content(self.names, tuple(vector.to(device) for vector in self.vectors), self.present.to(device))


def profiles(content: Content, pairs: sp.csr_matrix) -> Content:
    """Weighted sums of items' vectors per person: pairs (people, items) of weights -> Content with a row a person.

    Vectors are sums, not yet of unit length; `present` is the summed weight of the items that have the modality.
    """
    weights = pairs.astype(np.float64)
    sums = tuple(torch.as_tensor((weights @ v.numpy()).astype(np.float32)) for v in content.vectors)
    return Content(content.names, sums, torch.as_tensor((weights @ content.present.numpy()).astype(np.float32)))


def directions(sums: Sequence[Tensor], weight: Tensor) -> tuple[list[Tensor], Tensor]:
    """Sums (batch, width_m), their weights (batch, M) -> unit vectors and (batch, M) 0 or 1; too little is missing."""
    there = torch.stack(
        [(weight[:, m] > LEAST) & (vector.norm(dim=1) > LEAST) for m, vector in enumerate(sums)], dim=1
    ).float()
    return [functional.normalize(vector, dim=1) * there[:, m, None] for m, vector in enumerate(sums)], there


def pair_loss(
    model: MediaMatch, items: Content, people: Content, item_share: np.ndarray, modality_dropout: float
) -> Callable[[Batch], tuple[Tensor, float]]:
    """Batches user_index, item_index, weight (rows,) -> in-batch softmax; item_share: (items,) of the train pairs.

    The pair's own item is taken out of the person's sums first, or the answer would stand in the question.
    """
    device = next(model.parameters()).device
    items, people = items.to(device), people.to(device)
    log_share = torch.as_tensor(np.log(np.maximum(item_share, 1e-12)), dtype=torch.float32, device=device)

    def loss_of(batch: Batch) -> tuple[Tensor, float]:
        indexes = (batch[name] for name in ("user_index", "item_index"))
        users, chosen = (torch.as_tensor(index, dtype=torch.long, device=device) for index in indexes)
        weight = torch.as_tensor(batch["weight"], dtype=torch.float32, device=device)
        vectors, present = items.rows(chosen)
        sums, with_items = people.rows(users)
        others = [total - weight[:, None] * own for total, own in zip(sums, vectors, strict=True)]
        profile, has = directions(others, with_items - weight[:, None] * present)
        person = model.person(profile, drop_modalities(has, modality_dropout))
        item = model.item(vectors, drop_modalities(present, modality_dropout))
        loss = in_batch_softmax(person, item, users, chosen, weight, log_share[chosen], model.temperature)
        return loss, float(weight.sum())

    return loss_of


def fused(model: MediaMatch, items: Content, people: Content) -> tuple[Tensor, Tensor]:
    """-> vectors of the people (rows of sums) and of the items, of unit length, on the CPU, without gradients."""
    was_training = model.training
    model.eval()
    with torch.no_grad():
        person_vectors = _by_chunks(model, model.person, people, True)
        item_vectors = _by_chunks(model, model.item, items, False)
    model.train(was_training)
    return person_vectors, item_vectors


def _by_chunks(model: MediaMatch, side: Callable[..., Tensor], content: Content, summed: bool) -> Tensor:
    device, parts = next((weight.device for weight in model.parameters()), torch.device("cpu")), []
    for index in torch.arange(len(content.present)).split(CHUNK):
        vectors, present = content.rows(index)
        vectors, present = directions(vectors, present) if summed else (vectors, present)
        parts.append(side([vector.to(device) for vector in vectors], present.to(device)).cpu())
    return torch.cat(parts)


@dataclass(frozen=True)
class ContentHoldout:
    """People whose further choices are known. `known` (P, I) weights; `wanted` (P, I) 1 = should be found; `asked` (A,)
    items that may be listed, in ascending order."""

    known: sp.csr_matrix
    wanted: sp.csr_matrix
    asked: np.ndarray


def evaluate_content(model: MediaMatch, items: Content, held_out: ContentHoldout, k: int = 10) -> dict[str, float]:
    """ndcg_10 and recall_10 (found of the wanted, over at most k) of the people with something wanted among `asked`."""
    relevant = held_out.wanted[:, held_out.asked].tocoo()
    people, item_vectors = fused(model, items, profiles(items, held_out.known))
    seen = held_out.known[:, held_out.asked].tocoo()
    rows = np.unique(relevant.row)
    if not len(rows):
        return {"ndcg_10": 0.0, "recall_10": 0.0, "people": 0.0}
    place = np.full(people.shape[0], -1)
    place[rows] = np.arange(len(rows))
    inside = place[seen.row] >= 0
    holdout = Holdout(rows, (place[seen.row][inside], seen.col[inside]), (place[relevant.row], relevant.col))
    asked = item_vectors[torch.as_tensor(held_out.asked)]
    return {
        "ndcg_10": ndcg(people, asked, holdout, k),
        "recall_10": _recall(people, asked, holdout, k),
        "people": float(len(rows)),
    }


def _recall(people: Tensor, items: Tensor, holdout: Holdout, k: int) -> float:
    if not len(holdout.users):
        return 0.0
    scores = people[torch.as_tensor(holdout.users)] @ items.T  # (P, D) x (D, A) -> (P, A)
    scores[holdout.seen] = float("-inf")
    hits = torch.zeros_like(scores)
    hits[holdout.relevant] = 1.0
    k = min(k, scores.shape[1])
    hits_of_top = hits.gather(1, scores.topk(k, dim=1).indices).sum(dim=1)
    return float((hits_of_top / hits.sum(dim=1).clamp(max=k)).mean())


def check_plan(params: TrainMedia, users: int, items: int, width: int, pairs: int) -> None:
    """Raises BadInput where training would ask for more than `params.max_gigabytes` of one machine's memory.

    Counted: items' vectors read and held, people's sums while they are added and held, the pairs, two shuffle windows
    of 16 bytes a pair, the logits of a batch with their gradients.
    """
    numbers = 2 * items * width + 3 * users * width + 3 * params.batch_size**2
    needed = (4 * numbers + 3 * 16 * pairs) / 1e9
    if needed > params.max_gigabytes:
        raise BadInput.of(
            f"training on the content of {items} items for {users} people, which is single-machine",
            found=f"a plan of {needed:.2f} GB",
            expected=f"at most {params.max_gigabytes} GB",
            where="max_gigabytes, width or batch_size in conf/params/train_media.yml",
        )
