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
        fitted.scorer.reader.encoder.half = False


def some(held: HeldOut, seed: int) -> HeldOut:
    """At most PEOPLE of them, seeded; all where they are fewer."""
    if len(held.people) <= PEOPLE:
        return held
    chosen = np.random.default_rng(seed).choice(len(held.people), PEOPLE, replace=False)
    return held.pick(np.isin(np.arange(len(held.people)), chosen))


def scored(fitted: Fitted, known: Pairs, held: HeldOut) -> Scored:
    """The model's scores of `held.people` as logits: the distribution's own, popularity's log shares, else scores."""
    name = fitted.scorer.name
    if isinstance(fitted.scorer, DistributionScorer):
        logits = fitted.scorer.reader.logits(liked_histories(known.batch(held.people)))
    else:
        logits = fitted.score(known, held.people, None)
        if name == "popularity" and len(logits):  # the same row for everybody
            logits = np.tile(log_shares(torch.as_tensor(logits[0])).numpy(), (len(logits), 1))
    return Scored.of(logits, known.matrix[held.people], held.relevant)


def list_figures(fitted: Fitted, known: Pairs, held: HeldOut, vectors: np.ndarray, k: int) -> dict[str, float]:
    """Every metric of the benchmark at k, and `warm_` those of people with a history."""
    lists, _ = top_lists(fitted, known, held.people, k, None)
    found = evaluate(lists, held, known, vectors, [k])
    warm = np.diff(known.starts)[held.people] > 0
    if warm.any():
        told = evaluate(lists[warm], held.pick(warm), known, None, [k])
        found |= {f"warm_{name}": value for name, value in told.items()}
    return found


def lines_of(figures: dict[str, dict], k: int) -> list[str]:
    """model -> its figures -> lines for people, best nDCG first."""
    keys = [name if name.startswith(("perp", "cal")) else f"{name}@{k}" for name in SHOWN]
    heads = {"calibration_error": "error top 1", "calibration_error_10": "error top 10"}
    lines = [f"{'model':<14}" + "".join(f"{heads.get(key, key.replace('_', ' ')):>15}" for key in keys)]
    for model, found in sorted(figures.items(), key=lambda entry: -entry[1][f"ndcg@{k}"]):
        values = [found.get(key) for key in keys]
        cells = ["-" if one is None else f"{one:.1f}" if one > 10 else f"{one:.4f}" for one in values]
        lines.append(f"{model:<14}" + "".join(f"{cell:>15}" for cell in cells))
    return lines
