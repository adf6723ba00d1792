"""Which inputs of the two-tower model carry a score: integrated gradients (Sundararajan, Taly and Yan 2017), captum."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from captum.attr import IntegratedGradients
from torch import Tensor
from torch.nn import functional

from ...models.two_tower import TwoTower

STEPS = 64
PARTS = ("user id", "user text", "user graph", "item id", "item text", "item graph")


@dataclass(frozen=True)
class Attribution:
    """parts: input block -> what it adds to the score over a baseline of zeros; user_text: (text,) per coordinate.

    score - baseline = sum of the parts up to `error`, the method's completeness.
    """

    parts: dict[str, float]
    score: float
    baseline: float
    error: float
    user_text: Tensor


def rebuilt(state: Mapping[str, Tensor], temperature: float) -> TwoTower:
    """The TwoTower behind a saved PairScorer's state; the registry may give back a graph without its modules."""
    state = {name.removeprefix("model."): value for name, value in state.items()}
    sides = state["user_tower.side"], state["item_tower.side"]
    model = TwoTower(*sides, state["user_tower.identity.weight"].shape[1], 0.0, temperature)
    model.load_state_dict(state)
    return model.eval()


def attribute(model: TwoTower, user_index: int, item_index: int, text_width: int) -> Attribution:
    """One pair -> Attribution; `text_width`: coordinates of the text block, the rest of the side features is graph."""
    model.eval()
    towers = model.user_tower, model.item_tower

    def score(user_id: Tensor, user_side: Tensor, item_id: Tensor, item_side: Tensor) -> Tensor:
        """(n, D), (n, F), (n, D), (n, F) -> (n,) scores, logits."""
        ends = [
            functional.normalize(identity + tower.network(side), dim=-1)
            for tower, identity, side in zip(towers, (user_id, item_id), (user_side, item_side), strict=True)
        ]
        return (ends[0] * ends[1]).sum(dim=-1) / model.temperature  # (n, D) -> (n,)

    inputs = []
    for tower, index in zip(towers, (user_index, item_index), strict=True):
        inputs += [tower.identity.weight[index].detach()[None], tower.side[index][None]]
    inputs = tuple(inputs)
    nothing = tuple(torch.zeros_like(part) for part in inputs)
    with torch.no_grad():
        full, base = float(score(*inputs)), float(score(*nothing))
    gradients, error = IntegratedGradients(score).attribute(
        inputs, nothing, n_steps=STEPS, method="gausslegendre", return_convergence_delta=True
    )
    user_id, user_side, item_id, item_side = (part[0].detach() for part in gradients)
    values = (user_id.sum(), user_side[:text_width].sum(), user_side[text_width:].sum(),
              item_id.sum(), item_side[:text_width].sum(), item_side[text_width:].sum())  # fmt: skip
    parts = dict(zip(PARTS, map(float, values), strict=True))
    return Attribution(parts, full, base, float(error.abs().max()), user_side[:text_width])


def by_history(attribution: Attribution, vectors: Tensor, weights: Tensor) -> Tensor:
    """The text part split over history items: (n, text) vectors, (n,) weights -> (n,), sums to parts["user text"].

    The person's text vector is, up to its length, the weighted sum of their items' vectors, so coordinate d of item i
    takes w_i v_id / sum_j w_j v_jd of what the coordinate carries; coordinates whose sum is 0 carry nothing.
    """
    added = weights[:, None] * vectors  # (n, text)
    total = added.sum(dim=0)
    share = torch.where(total.abs() > 1e-9, added / torch.where(total.abs() > 1e-9, total, torch.ones_like(total)), 0.0)
    return (share * attribution.user_text[None]).sum(dim=1)
