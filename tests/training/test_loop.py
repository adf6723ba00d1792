"""The two-tower training loop on a planted two-group world; the metric against scikit-learn; resuming after a kill."""

import numpy as np
import pytest
import torch
from sklearn.metrics import ndcg_score, roc_auc_score

from interestlake.core.params.all import TwoTower as Params
from interestlake.models.two_tower import TwoTower
from interestlake.models.two_tower_plan import plan_gigabytes
from interestlake.models.two_tower_training import pair_loss, pair_value
from interestlake.training.checkpoint import Checkpoint
from interestlake.training.holdout import Holdout, ndcg
from interestlake.training.loop import train

USERS, ITEMS = 40, 30


def test_ndcg_agrees_with_scikit_learn():
    generator = np.random.default_rng(3)
    for _ in range(20):
        u, v = generator.normal(size=(6, 4)), generator.normal(size=(25, 4))
        relevant = generator.random((6, 25)) < 0.2
        relevant[:, 0] = True
        holdout = Holdout(np.arange(6), (np.array([], int), np.array([], int)), relevant.nonzero())
        found = ndcg(torch.tensor(u, dtype=torch.float32), torch.tensor(v, dtype=torch.float32), holdout, 10)
        assert found == pytest.approx(ndcg_score(relevant, u @ v.T, k=10), abs=1e-5)


def planted():
    """Even people like even items; two of each person's items are held out."""
    generator = np.random.default_rng(0)
    train_pairs, held = [], []
    for user in range(USERS):
        liked = generator.permutation(np.arange(user % 2, ITEMS, 2))
        train_pairs += [(user, item) for item in liked[:8]]
        held += [(user, item) for item in liked[8:10]]
    pairs, held = np.array(train_pairs), np.array(held)
    holdout = Holdout(np.arange(USERS), tuple(pairs.T), tuple(held.T))
    return pairs, holdout


def fit(tmp_path, epochs=12, stop_after=None, name="a.pt", validate_steps=1):
    pairs, holdout = planted()
    torch.manual_seed(0)
    model = TwoTower(torch.zeros(USERS, 2), torch.zeros(ITEMS, 2), 16, 0.1, 0.2)
    params = Params(epochs=epochs, batch_size=32, learning_rate=0.02, validate_steps=validate_steps, patience_steps=500)

    def batches(epoch):
        order = np.random.default_rng(epoch).permutation(len(pairs))
        for start in range(0, len(order), params.batch_size):
            rows = pairs[order[start : start + params.batch_size]]
            yield {"user_index": rows[:, 0], "item_index": rows[:, 1], "weight": np.ones(len(rows), np.float32)}

    def on_look(epoch, loss, value):
        if stop_after == epoch:
            raise KeyboardInterrupt

    share = np.bincount(pairs[:, 1], minlength=ITEMS) / len(pairs)
    steps = pair_loss(model, share), pair_value(model, holdout)
    history = train(model, batches, *steps, params, 1, Checkpoint(tmp_path / name), "mark", on_look)
    return model, history


def test_planted_groups_are_found(tmp_path):
    model, history = fit(tmp_path)
    users, items = model.vectors()
    scores = (users @ items.T).numpy()
    same = (np.arange(USERS)[:, None] % 2) == (np.arange(ITEMS)[None, :] % 2)
    assert roc_auc_score(same.ravel(), scores.ravel()) > 0.99
    assert history.loss[-1] < history.loss[0]
    assert history.best_value == max(history.validation_ndcg) == history.validation_ndcg[history.best_epoch - 1]
    assert history.epochs == list(range(1, 13)) and history.steps == list(range(10, 130, 10))


@pytest.mark.parametrize(("validate_steps", "stop_after"), [(1, 2), (1, 5), (25, 6)])
def test_resumed_training_equals_an_undisturbed_one(tmp_path, validate_steps, stop_after):
    """Cut while the rate still rises, after that, and between two looks that are three epochs apart."""
    whole, history = fit(tmp_path, name="whole.pt", validate_steps=validate_steps)
    torch.manual_seed(99)
    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path, stop_after=stop_after, name="cut.pt", validate_steps=validate_steps)
    resumed, resumed_history = fit(tmp_path, name="cut.pt", validate_steps=validate_steps)
    # what came after the last look's checkpoint is trained again
    assert resumed_history == history
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(value, resumed.state_dict()[name], rtol=0, atol=0)


def test_looks_come_after_whole_epochs_of_enough_steps(tmp_path):
    _, history = fit(tmp_path, epochs=7, validate_steps=25)
    assert history.epochs == [3, 6, 7] and history.steps == [30, 60, 70]  # ten steps an epoch; the last is the end


def test_the_rate_rises_over_the_first_steps(tmp_path):
    """Adam moves a weight of constant slope by its rate at each step."""
    model, places = torch.nn.Linear(1, 1, bias=False), []
    torch.nn.init.zeros_(model.weight)
    params = Params(epochs=6, learning_rate=0.01, weight_decay=0.0, warmup_steps=4)
    train(
        model,
        lambda _: iter([{}]),
        lambda _: (model.weight.sum(), 1.0),
        lambda: None,
        params,
        1,
        Checkpoint(tmp_path / "w.pt"),
        "m",
        lambda *_: None,
        after_step=lambda: places.append(model.weight.item()),
    )
    assert np.diff(places, prepend=0.0) == pytest.approx([-0.0025, -0.005, -0.0075, -0.01, -0.01, -0.01], rel=1e-3)


@pytest.mark.parametrize(("patience_steps", "looks_more"), [(40, 4), (10, 2), (35, 4)])
def test_patience_counts_steps_and_two_looks_at_least(tmp_path, patience_steps, looks_more):
    """Ten steps an epoch and a look after each; the first look is the best."""
    model, values = torch.nn.Linear(1, 1), iter([0.5] + [0.4] * 20)
    params = Params(epochs=20, validate_steps=10, patience_steps=patience_steps)
    history = train(
        model,
        lambda _: iter([{}] * 10),
        lambda _: (model.weight.sum(), 1.0),
        lambda: next(values),
        params,
        1,
        Checkpoint(tmp_path / "p.pt"),
        "m",
        lambda *_: None,
    )
    assert history.best_epoch == 1 and len(history.loss) == 1 + looks_more


def test_early_stopping_keeps_the_best_look(tmp_path):
    pairs, holdout = planted()
    model = TwoTower(torch.zeros(USERS, 2), torch.zeros(ITEMS, 2), 4, 0.0, 0.2)
    params = Params(epochs=30, validate_steps=1, patience_steps=2, learning_rate=1e-7)

    def batches(epoch):
        yield {"user_index": pairs[:, 0], "item_index": pairs[:, 1], "weight": np.ones(len(pairs), np.float32)}

    share = np.full(ITEMS, 1 / ITEMS)
    steps = pair_loss(model, share), pair_value(model, holdout)
    history = train(model, batches, *steps, params, 1, Checkpoint(tmp_path / "c.pt"), "m", lambda *_: None)
    assert len(history.loss) == history.best_epoch + 2 < 30


def test_the_plan_of_memory_grows_with_what_is_held():
    small = plan_gigabytes(1000, 1000, 96, dimension=64, window_rows=10_000, batch_size=1024, holdout_users=1000)
    assert 0.01 < small < 0.5
    people = plan_gigabytes(1_000_000, 1000, 96, dimension=64, window_rows=10_000, batch_size=1024, holdout_users=1000)
    # parameters six times and features twice, four bytes a coordinate, and counts of 24
    assert people - small == pytest.approx(999_000 * ((6 * 64 + 2 * 96) * 4 + 24) / 1e9)


def test_the_plan_of_memory_counts_what_one_of_many_processes_holds():
    """Of a table a process has its part; the driver collects embeddings, vectors and features."""

    def plan(items, processes, one_machine=False):
        return plan_gigabytes(10, items, 96, 64, 10, 2, 10_000, processes, one_machine)

    row = 6 * 64 * 4 + 2 * 96 * 4 + 2 * 256 * 4  # rows of embeddings and features, scores of 256 people
    assert plan(10**8, 1) == pytest.approx((row + 24) / 10, rel=1e-3)
    assert plan(10**8, 2) == pytest.approx((row / 2 + 24) / 10, rel=1e-3)
    collected = (64 + 64 + 96) * 4 / 10
    assert plan(10**8, 64) == pytest.approx(collected, rel=1e-3)
    assert plan(10**8, 2, one_machine=True) == pytest.approx((row + 48) / 10 + collected, rel=1e-3)


def test_without_held_out_people_the_last_epoch_is_kept(tmp_path):
    pairs, _ = planted()
    model = TwoTower(torch.zeros(USERS, 2), torch.zeros(ITEMS, 2), 4, 0.0, 0.2)
    batch = {"user_index": pairs[:, 0], "item_index": pairs[:, 1], "weight": np.ones(len(pairs), np.float32)}
    nobody = Holdout(np.array([], int), (np.array([], int),) * 2, (np.array([], int),) * 2)
    share, params = np.full(ITEMS, 1 / ITEMS), Params(epochs=4, validate_steps=1, patience_steps=1)
    steps = pair_loss(model, share), pair_value(model, nobody)
    saved = Checkpoint(tmp_path / "n.pt")
    history = train(model, lambda _: iter([batch]), *steps, params, 1, saved, "m", lambda *_: None)
    assert (history.epochs, history.best_epoch) == ([1, 2, 3, 4], 4)
