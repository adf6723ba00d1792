"""The sequence, graph and two-tower models of the registry, trained by two processes: the curve and scores of one."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from interestlake.interactions.pairs import RECENT
from interestlake.models.light_gcn import LIGHT_GCN
from interestlake.models.registry import MODELS
from interestlake.models.sasrec import SASREC, sasrec
from interestlake.models.two_tower_fit import TWO_TOWER
from interestlake.recommending.budget import plan_search
from interestlake.training.line import fits_shared, state_handlers
from interestlake.training.parts import Part, taking
from interestlake.training.sequences import of_equal_length, shuffled_within, windows

from ..training.two_processes import run_two
from .planted import planted

GIVEN = {
    "lightgcn": (LIGHT_GCN, {"temperature": 0.1, "layers": 2}),
    "two_tower": (TWO_TOWER, {"temperature": 0.1}),
    "sasrec ahead": (SASREC, {"targets": "ahead", "start": 0.0, "dropout": 0.3}),
    "sasrec any": (SASREC, {"targets": "any", "start": 3.0, "dropout": 0.3}),
}


class Direct:
    """A line without a wire: the processes share this machine's disk."""

    def __init__(self, handlers):
        self.handlers = handlers

    def ask(self, name, *given):
        return self.handlers[name](*given)


@pytest.mark.parametrize("name", GIVEN)
def test_two_processes_fit_what_one_does(name, tmp_path):
    model, params = GIVEN[name]
    world = planted()
    params, judged = {**params, "epochs": 3}, []

    def launch(work, saved):
        def one(folder, ranks):
            return work(ranks, Direct(state_handlers(saved)))

        first, other = run_two(one, tmp_path)
        assert other is None
        judged.append(name)
        return first

    trainer = replace(model.trainer, training=replace(model.trainer.training, batch=48, epochs=3, validate_steps=1))
    everyone = np.arange(world.pairs.shape[0])

    def judge(fitted):
        return float(fitted.score(world.pairs, everyone, None)[1::2, 1::2].mean())

    alone = trainer.fit(world.pairs, world.side, params, 5, judge)
    with fits_shared(launch):
        together = trainer.fit(world.pairs, world.side, params, 5, judge)
    assert judged == [name]  # it was shared, not quietly trained here
    assert together.history.steps == alone.history.steps and len(alone.history.loss) == 3
    np.testing.assert_allclose(together.history.loss, alone.history.loss, atol=1e-4)
    np.testing.assert_allclose(together.history.validation_ndcg, alone.history.validation_ndcg, atol=1e-3)
    scores = [each.fitted.score(world.pairs, everyone, None) for each in (alone, together)]
    np.testing.assert_allclose(*scores, atol=1e-2 * np.abs(scores[0]).max())


def test_other_models_are_trained_by_one_process():
    assert {model.name for model in MODELS if model.trainer and model.trainer.shared} == {
        "sasrec",
        "lightgcn",
        "two_tower",
    }


def test_all_processes_count_against_the_bound_of_a_fit():
    world = planted()
    one = plan_search(world.pairs, world.side, ["lightgcn"], max_gigabytes=0.01)
    assert "lightgcn" not in one.left_out
    many = plan_search(world.pairs, world.side, ["lightgcn"], max_gigabytes=0.01, processes=100_000)
    assert "would hold" in many.left_out["lightgcn"]


class Knowing:
    """A rank that has been told the sum beforehand."""

    def __init__(self, total):
        self.known = total

    def total(self, values):
        return self.known


@pytest.mark.parametrize("targets", ["ahead", "any"])
def test_parts_of_sequences_have_the_loss_of_the_whole(targets, tmp_path):
    """Pieces, drawn orders and targets, dropout of layers and of attention: each row's as in the whole batch."""
    world, params = planted(), {"targets": targets, "start": 0.0, "dropout": 0.3, "dimension": 16}
    job = sasrec(world.pairs, world.side, params, 48, 3, tmp_path)
    pad = len(world.pairs.item_ids)
    rows = windows(world.pairs.users, world.pairs.items, RECENT, pad)
    rows = np.where(np.arange(rows.shape[1]) < 2 + np.arange(len(rows))[:, None] % 6, rows, pad)  # of unequal length
    whole = {"items": rows}
    order = np.random.default_rng(5).permutation(len(rows))
    parts = []
    for places in (np.sort(order[:9]), np.sort(order[9:])):
        part = Part({"items": whole["items"][places]}, places, len(rows))
        cut = list(of_equal_length(iter([part]), 64, pad, 4, Knowing((whole["items"] != pad).sum(axis=1))))
        generator = np.random.default_rng(6)
        parts.append([shuffled_within(each, pad, generator) for each in cut] if targets == "any" else cut)
    generator = np.random.default_rng(6)
    expected = list(of_equal_length(iter([whole]), 64, pad, 4))
    expected = [shuffled_within(each, pad, generator) for each in expected] if targets == "any" else expected
    job.model.train()
    assert len(expected) == len(parts[0]) == len(parts[1]) >= 3
    for number, pieces in enumerate(zip(expected, *parts, strict=True)):
        losses, weights, after = [], [], []
        for piece in pieces:
            torch.manual_seed(number)
            with taking(piece):
                loss, weight = job.loss_of(piece)
            losses.append(loss.item() if weight else 0.0)
            weights.append(weight)
            after.append(torch.rand(1).item())
        assert len({*after}) == 1 and weights[0] == weights[1] + weights[2]
        assert losses[0] == pytest.approx(np.average(losses[1:], weights=weights[1:]), abs=1e-5)
