"""The sequence, graph and two-tower models of the registry, trained by two processes: the curve and scores of one."""

from dataclasses import replace

import numpy as np
import pytest

from interestlake.models.light_gcn import LIGHT_GCN
from interestlake.models.registry import MODELS
from interestlake.models.sasrec import SASREC
from interestlake.models.two_tower_fit import TWO_TOWER
from interestlake.recommending.budget import plan_search
from interestlake.training.line import fits_shared, state_handlers

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
