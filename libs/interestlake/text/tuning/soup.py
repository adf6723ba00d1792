"""Several trainings of one model from different seeds, and the mean of their weights."""

import logging
from collections.abc import Callable
from dataclasses import replace

from torch import Tensor, nn

from .encoder import Encoder
from .fit import History, fit, put
from .plan import Plan

LOG = logging.getLogger("interestlake")


def fit_seeds(
    encoder: Encoder, head: nn.Module, batches: Callable, prepare: Callable, loss_of: Callable[..., Tensor],
    dev_figure: Callable[[], float], plan: Plan, steps_per_epoch: int,
) -> History:  # fmt: skip
    """`fit` with each of the seeds plan.seed ... plan.seed + plan.seeds - 1, each from the weights that came in.

    Left in encoder and head: the greedy soup (Wortsman et al., 2022). The seed that is best on dev is taken; each
    further one, best first, joins the mean of weights where dev is not worse for it. The history is the best seed's
    with all trainings' seconds, `dev_by_seed` and `averaged_seeds`.
    """
    if plan.seeds == 1:
        return fit(encoder, head, batches, prepare, loss_of, dev_figure, plan, steps_per_epoch)
    weights = [weight for group in encoder.groups(head, plan) for weight in group["params"]]
    start, half = _copy(weights), encoder.in_half
    fits: list[tuple[float, int, History, list[Tensor]]] = []
    for seed in range(plan.seed, plan.seed + plan.seeds):
        LOG.info("seed %d", seed)
        put(start, weights)
        encoder.in_half = half
        history = fit(encoder, head, batches, prepare, loss_of, dev_figure, replace(plan, seed=seed), steps_per_epoch)
        fits.append((dev_figure(), seed, history, _copy(weights)))
    # the earlier seed comes first in a tie
    fits.sort(key=lambda entry: (-entry[0], entry[1]))
    best_figure, best_seed, best, mean = fits[0]
    members = [best_seed]
    for _, seed, _, values in fits[1:]:
        tried = [old.lerp(new, 1 / (len(members) + 1)) for old, new in zip(mean, values, strict=True)]
        put(tried, weights)
        if (figure := dev_figure()) >= best_figure:
            best_figure, mean, members = figure, tried, [*members, seed]
    put(mean, weights)
    LOG.info("weights of the seeds %s averaged: dev %.4f", members, best_figure)
    return replace(best, seconds=sum(history.seconds for *_, history, _ in fits), averaged_seeds=sorted(members),
                   dev_by_seed={seed: figure for figure, seed, *_ in fits})  # fmt: skip


def _copy(weights: list[nn.Parameter]) -> list[Tensor]:
    return [weight.detach().clone() for weight in weights]
