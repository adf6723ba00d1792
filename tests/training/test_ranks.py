"""Two processes against one: the same batches, curve and vectors, one state for both, and every row counted."""

import dataclasses

import numpy as np
import pytest
import torch

from interestlake.core.errors import LostProcess
from interestlake.training.checkpoint import Checkpoint
from interestlake.training.parts import Part, RowDropout, by_row, taking
from interestlake.training.ranks import ALONE
from interestlake.training.reader import read_batches, shuffled

from .shared_world import EPOCHS, ITEMS, USERS, assembled, fit, found_by, sent, world
from .two_processes import run_two

CURVE = 1e-4  # losses and nDCG of float32 sums in another order, over 42 steps


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def one(folder):
    """What one process trains; its state after half of the epochs is left for two."""
    training = world(folder / "one", 300)
    half = dataclasses.replace(training, params=dataclasses.replace(training.params, epochs=EPOCHS // 2))
    fit(half, Checkpoint(folder / "of-one.pt"), ALONE)
    return fit(training, Checkpoint(folder / "whole.pt"), ALONE)


@pytest.fixture(scope="module")
def two(folder, one):
    """What each of two processes found."""
    return run_two(found_by, folder)


def together(two, name, folder):
    """The driver's PairFit of a training of two processes."""
    return assembled([each[name] for each in two], world(folder / "plain", 300))


def expect_equal(fitted, one):
    assert fitted.history.epochs == one.history.epochs == list(range(1, EPOCHS + 1))
    assert fitted.history.steps == one.history.steps
    np.testing.assert_allclose(fitted.history.loss, one.history.loss, atol=CURVE)
    np.testing.assert_allclose(fitted.history.validation_ndcg, one.history.validation_ndcg, atol=CURVE)
    for vectors, expected in zip(fitted.vectors, one.vectors, strict=True):
        np.testing.assert_allclose(vectors, expected, atol=1e-3)
    assert fitted.listed.tolist() == one.listed.tolist() == list(range(ITEMS))
    for name, value in one.model.state_dict().items():
        np.testing.assert_allclose(fitted.model.state_dict()[name], value, atol=1e-3)


@pytest.mark.parametrize("shards", ["groups", "rows"])
def test_two_processes_train_what_one_does(folder, one, two, shards):
    """Dropout and pairs of unequal weight included; 328 pairs leave batches of 40 rows, cut unevenly by the shards."""
    assert one.history.loss[-1] < one.history.loss[0]
    fitted = together(two, f"fit {shards}", folder)
    expect_equal(fitted, one)
    assert fitted.pairs.tolist() == [8] * USERS
    users, items = (vectors.numpy() for vectors in fitted.model.vectors())  # of the model that is registered
    np.testing.assert_allclose(users, fitted.vectors[0], atol=1e-6)
    np.testing.assert_allclose(items, fitted.vectors[1], atol=1e-6)


def test_a_process_has_its_rows_of_tables_and_no_others(one, two):
    sizes = [each["fit groups"][2] for each in two]
    alone = sent(one, ALONE)[2]
    tables = ("user_tower.side", "user_tower.identity.weight", "item_tower.side", "item_tower.identity.weight")
    rows = {"user": (21, 20), "item": (15, 15)}
    for name in alone:
        for rank in range(2):
            whole_rows = USERS if name.startswith("user") else ITEMS
            own = rows[name[:4]][rank] if name in tables else whole_rows
            assert sizes[rank][name] * whole_rows == alone[name] * own, name


def test_rows_that_a_process_did_not_send_are_one_message(folder, two):
    (shared, pieces, sizes), other = (each["fit groups"] for each in two)
    with pytest.raises(LostProcess, match="found 56 rows of embeddings sent; expected 71"):
        assembled([(shared, pieces, sizes), (other[0], other[1][:1], other[2])], world(folder / "plain", 300))


def test_a_state_of_one_process_goes_on_in_two(folder, one, two):
    expect_equal(together(two, "resumed", folder), one)


def test_a_state_of_two_processes_goes_on_in_one(folder, one, two):
    looks = []
    training = world(folder / "again", 300)
    torch.manual_seed(99)
    resumed = fit(training, Checkpoint(folder / "of-two.pt"), ALONE, looks=looks)
    assert looks == list(range(EPOCHS // 2 + 1, EPOCHS + 1))
    expect_equal(resumed, one)


@pytest.mark.parametrize("shards", ["groups", "rows"])
@pytest.mark.parametrize("window", [1000, 100])
def test_the_batches_are_those_of_one_process(folder, two, shards, window):
    """Each row once, in the place that one process has it at, by whichever process read it."""
    training = world(folder / "plain", 300)
    expected = [
        list(zip(batch["user_index"].tolist(), batch["item_index"].tolist(), strict=True))
        for batch in shuffled(read_batches(training.examples), 48, window, 5)
    ]
    parts = [each[f"batches {shards} {window}"] for each in two]
    assert [len(part) for part in parts] == [len(expected)] * 2
    rows = [sum(len(batch) for batch in part) for part in parts]
    assert sum(rows) == training.examples.rows and min(rows) > 0.4 * sum(rows)
    for mine, other, whole in zip(*parts, expected, strict=True):
        by_place = {place: (user, item) for user, item, place, _ in [*mine, *other]}
        assert [by_place[place] for place in range(len(whole))] == whole
        assert {rows for *_, rows in [*mine, *other]} == {len(whole)}


def test_lost_rows_of_a_shard_stop_both(two):
    for each in two:
        assert "Petastorm delivered 328 rows to 2 processes; expected 348, the table's count" in each["short"]
        assert "Petastorm delivered 308 rows to 2 processes; expected 328, the table's count" in each["lost group"]


def test_a_row_draws_the_same_in_a_part():
    drop, rows = RowDropout(0.5), torch.ones(6, 40)
    torch.manual_seed(1)
    whole, after = drop(rows), torch.rand(3)
    places = np.array([4, 1])
    torch.manual_seed(1)
    with taking(Part({}, places, 6)):
        part = drop(rows[:2])
    torch.testing.assert_close(part, whole[[4, 1]], rtol=0, atol=0)
    torch.testing.assert_close(torch.rand(3), after, rtol=0, atol=0)  # both have drawn equally much
    torch.manual_seed(1)
    plain = torch.nn.Dropout(0.5)(rows)
    torch.testing.assert_close(plain, whole, rtol=0, atol=0)
    with taking(Part({}, places, 6)):
        assert drop.eval()(rows).equal(rows)
        assert by_row(torch.arange, 2).tolist() == [4, 1]
