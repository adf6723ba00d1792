"""One fitted model against held-out pairs: its lists, and its scores as probabilities."""

import numpy as np
import torch

from ...evaluation.measure import evaluate
from ...interactions.held_out import HeldOut
from ...interactions.pairs import Pairs
from ...models.distribution.calibrate import Scored
from ...models.distribution.model import log_shares
from ...models.distribution.scorer import DistributionScorer, liked_histories
from ...models.fitted import Fitted, top_lists

PEOPLE = 2_000  # people whose probabilities over all items are held at once
SHOWN = ("perplexity", "calibration_error", "calibration_error_10", "ndcg", "recall", "hit_rate", "warm_ndcg")


def finish(fitted: Fitted) -> None:
    """Adapters go into the weights and arithmetic becomes float32: what is measured is what is saved."""
    if isinstance(fitted.scorer, DistributionScorer):
        fitted.scorer.reader.encoder.merged()
        fitted.scorer.reader.encoder.in_half = False


def some(held_out: HeldOut, seed: int) -> HeldOut:
    """At most PEOPLE of them, seeded; all where they are fewer."""
    if len(held_out.people) <= PEOPLE:
        return held_out
    chosen = np.random.default_rng(seed).choice(len(held_out.people), PEOPLE, replace=False)
    return held_out.pick(np.isin(np.arange(len(held_out.people)), chosen))


def scored(fitted: Fitted, histories: Pairs, held_out: HeldOut) -> Scored:
    """The model's scores of `held_out.people` as logits: its own, for popularity log shares, for others scores."""
    name = fitted.scorer.name
    if isinstance(fitted.scorer, DistributionScorer):
        logits = fitted.scorer.reader.logits(liked_histories(histories.batch(held_out.people)))
    else:
        logits = fitted.score(histories, held_out.people, None)
        if name == "popularity" and len(logits):  # the same row for everybody
            logits = np.tile(log_shares(torch.as_tensor(logits[0])).numpy(), (len(logits), 1))
    return Scored.of(logits, histories.matrix[held_out.people], held_out.relevant)


def list_figures(fitted: Fitted, histories: Pairs, held_out: HeldOut, vectors: np.ndarray, k: int) -> dict[str, float]:
    """Every metric of the benchmark at k, and `warm_` those of people with a history."""
    lists, _ = top_lists(fitted, histories, held_out.people, k, None)
    figures = evaluate(lists, held_out, histories, vectors, [k])
    warm = np.diff(histories.starts)[held_out.people] > 0
    if warm.any():
        warm_figures = evaluate(lists[warm], held_out.pick(warm), histories, None, [k])
        figures |= {f"warm_{name}": value for name, value in warm_figures.items()}
    return figures


def lines_of(figures: dict[str, dict], k: int) -> list[str]:
    """model -> its figures -> lines for people, best nDCG first."""
    keys = [name if name.startswith(("perp", "cal")) else f"{name}@{k}" for name in SHOWN]
    heads = {"calibration_error": "error top 1", "calibration_error_10": "error top 10"}
    lines = [f"{'model':<14}" + "".join(f"{heads.get(key, key.replace('_', ' ')):>15}" for key in keys)]
    for model, row in sorted(figures.items(), key=lambda entry: -entry[1][f"ndcg@{k}"]):
        values = [row.get(key) for key in keys]
        cells = ["-" if one is None else f"{one:.1f}" if one > 10 else f"{one:.4f}" for one in values]
        lines.append(f"{model:<14}" + "".join(f"{cell:>15}" for cell in cells))
    return lines
