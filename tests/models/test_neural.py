"""The trained models: their formulas against plain numpy, what they may look at, and planted worlds they must learn."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from interestlake.interactions.cuts import held_of
from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import SideInformation
from interestlake.models.gated_block import GatedBlock
from interestlake.models.light_gcn import LightGcn, normalised
from interestlake.models.losses import softmax_over_items
from interestlake.models.low_rank import low_rank
from interestlake.models.ncf import NeuMf
from interestlake.models.registry import models_for
from interestlake.models.sasrec import SasRec, drawn_targets, newest_sequences
from interestlake.models.trainer import PROBE_STEPS, hopeless
from interestlake.models.two_tower_fit import side_of
from interestlake.recommending.choose import pick_parameters
from interestlake.training.loop import History

from ..benchmark.world import ITEMS_PER_TASTE, TASTES, pairs

TRAINED = ("lightgcn", "sasrec", "ncf", "two_tower")


@pytest.fixture(scope="module")
def feedback() -> Pairs:
    frame = pairs(people=60).assign(weight=1.0).rename(columns={"timestamp": "time"})
    ids = [np.unique(frame[name].to_numpy(object)) for name in ("user_id", "item_id")]
    return Pairs.of(frame, *ids, timed=True)


@pytest.fixture(scope="module")
def trainers(feedback):
    return {c.name: c for c in models_for(feedback, SideInformation()) if c.trainer}


def first_choice(model, feedback) -> dict:
    return {name: grid.first for name, grid in model.grids_for(feedback).items()}


@pytest.mark.parametrize("name", TRAINED)
def test_people_get_items_of_their_taste(feedback, trainers, name):
    model = trainers[name]
    epochs = {"lightgcn": 10, "sasrec": 12, "ncf": 25, "two_tower": 15}[name]
    # a world of tastes has no order: what comes next is no more telling than what comes later
    unordered = {"targets": "ahead", "dropout": 0.5} if name == "sasrec" else {}
    given = {**first_choice(model, feedback), **unordered, "epochs": epochs}
    fitted = model.fit(feedback, SideInformation(), given, 1)
    everyone = np.arange(feedback.shape[0])
    scores = fitted.score(feedback, everyone, None)
    assert scores.shape == feedback.shape and scores.dtype == np.float32 and np.isfinite(scores).all()
    scores[feedback.matrix.nonzero()] = -np.inf
    taste = np.array([int(item[1:]) // ITEMS_PER_TASTE for item in feedback.item_ids])
    own = np.array([int(user[1:]) % TASTES for user in feedback.user_ids])
    best = np.argsort(-scores, axis=1)[:, :3]
    assert (taste[best] == own[:, None]).mean() > 0.8  # 0.25 by chance


@pytest.mark.parametrize("name", TRAINED)
def test_equal_seeds_give_equal_scores(feedback, trainers, name):
    model = trainers[name]
    params = {**first_choice(model, feedback), "epochs": 2}
    everyone = np.arange(feedback.shape[0])
    fits = [model.fit(feedback, SideInformation(), params, 3) for _ in range(2)]
    one, two = (fitted.score(feedback, everyone, None) for fitted in fits)
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("name", TRAINED)
def test_strangers_and_unknown_items_get_no_opinion(feedback, trainers, name):
    """The first person and the first item lose all their pairs."""
    model = trainers[name]
    rest = feedback.rows((feedback.users != 0) & (feedback.items != 0))
    fitted = model.fit(rest, SideInformation(), {**first_choice(model, feedback), "epochs": 1}, 1)
    scores = fitted.score(rest, np.arange(feedback.shape[0]), None)
    assert not scores[0].any() and not scores[:, 0].any() and scores[1:, 1:].any(axis=1).all()


def test_a_hopeless_training_ends_early(feedback, trainers):
    seen = []

    def judge(fitted):
        seen.append(fitted)
        return 0.001 * len(seen)

    params = first_choice(trainers["ncf"], feedback)
    trained = trainers["ncf"].trainer.fit(feedback, SideInformation(), params, 1, judge, least=0.5)
    steps = trained.history.steps
    assert steps[-2] < PROBE_STEPS <= steps[-1] < trainers["ncf"].trainer.training.steps


def test_a_training_is_hopeless_where_its_rise_would_not_do():
    def so_far(*values):
        return History([1.0] * len(values), list(values), steps=[100 * (n + 1) for n in range(len(values))])

    assert not hopeless(so_far(0.0, 0.0, 0.0, 0.0, 0.0), 0.1, 2_000)  # fewer than PROBE_STEPS steps
    assert not hopeless(so_far(0.0, 0.0, 0.0, 0.01, 0.02, 0.03), 0.1, 2_000)  # .01 a look more makes .17
    assert hopeless(so_far(0.0, 0.0, 0.0, 0.01, 0.02, 0.03), 0.1, 1_200)  # or .09
    assert hopeless(so_far(0.0, 0.02, 0.03, 0.03, 0.03, 0.02), 0.1, 2_000)
    assert not hopeless(so_far(0.0, 0.02, 0.1, 0.09, 0.09, 0.09), 0.1, 2_000)


def test_a_hopeless_search_is_one_training(feedback, trainers):
    held = held_of(feedback, feedback)
    chosen = pick_parameters(trainers["ncf"], feedback, SideInformation(), held, 10, 1, 24, least=2.0)
    assert chosen.fits == 2 and chosen.training.steps[-1] < trainers["ncf"].trainer.training.steps


def test_a_place_knows_only_what_came_before():
    torch.manual_seed(0)
    model = SasRec(items=20, length=8, dimension=16, blocks=2, heads=2, dropout=0.0).eval()
    sequence = torch.randint(20, (3, 8))
    changed = sequence.clone()
    changed[:, 5:] = (changed[:, 5:] + 7) % 20
    with torch.no_grad():
        one, two = model(sequence), model(changed)
        short = model(sequence[:, :5])
    torch.testing.assert_close(one[:, :5], two[:, :5])
    torch.testing.assert_close(one[:, :5], short)
    assert (one[:, 5:] - two[:, 5:]).abs().max() > 0.1


def test_newest_items_oldest_first(feedback):
    sequences, last = newest_sequences(feedback.batch(np.arange(4)), 3, pad=99)
    for person in range(4):
        own = feedback.items[feedback.starts[person] : feedback.starts[person + 1]]
        assert sequences[person].tolist() == own[-3:].tolist() and last[person] == 2
    lonely = feedback.rows(np.isin(np.arange(len(feedback)), feedback.starts[:-1]))  # one item each
    sequences, last = newest_sequences(lonely.batch(np.arange(2)), 3, pad=99)
    assert sequences[:, 1:].tolist() == [[99, 99], [99, 99]] and last.tolist() == [0, 0]


def test_light_gcn_is_the_mean_of_the_smoothed_layers():
    random = np.random.default_rng(2)
    chosen = sp.csr_matrix((random.random((5, 7)) < 0.4).astype(np.float32))
    model = LightGcn(chosen, 3, layers=2)
    dense = np.zeros((12, 12))
    dense[:5, 5:], dense[5:, :5] = chosen.toarray(), chosen.toarray().T
    degree = np.maximum(dense.sum(axis=1), 1)
    smooth = dense / np.sqrt(degree)[:, None] / np.sqrt(degree)[None, :]
    np.testing.assert_allclose(normalised(chosen).toarray(), smooth, atol=1e-6)
    start = model.embedding.weight.detach().numpy()
    expected = (start + smooth @ start + smooth @ smooth @ start) / 3
    found = torch.cat(model.vectors()).detach().numpy()
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_the_gradient_through_a_graph_is_that_of_the_dense_product():
    chosen = sp.csr_matrix((np.random.default_rng(3).random((5, 7)) < 0.4).astype(np.float32))
    model, dense = LightGcn(chosen, 3, layers=2), torch.as_tensor(normalised(chosen).toarray())
    torch.cat(model.vectors()).pow(3).sum().backward()
    start = model.embedding.weight.detach().clone().requires_grad_()
    ((start + dense @ start + dense @ dense @ start) / 3).pow(3).sum().backward()
    torch.testing.assert_close(model.embedding.weight.grad, start.grad, rtol=1e-4, atol=1e-7)


def test_all_pairs_at_once_equal_pairs_one_by_one():
    torch.manual_seed(1)
    model = NeuMf(4, 6, 8, dropout=0.0).eval()
    users, items = torch.arange(4), torch.arange(6)
    with torch.no_grad():
        block = model(users[:, None], items[None, :])
        single = torch.stack([torch.stack([model(u, i).squeeze() for i in items]) for u in users])
    torch.testing.assert_close(block, single)


def test_many_negatives_estimate_the_full_softmax():
    torch.manual_seed(4)
    states, items, targets = torch.randn(50, 8), torch.randn(300, 8) * 0.5, torch.randint(300, (50,))
    full = softmax_over_items(states, targets, items, None)
    logits = (states @ items.T).numpy()
    by_hand = np.mean([np.log(np.exp(row).sum()) - row[t] for row, t in zip(logits, targets.numpy(), strict=True)])
    assert full.item() == pytest.approx(by_hand, abs=1e-4)
    drawn = [softmax_over_items(states, targets, items, torch.randint(300, (200,))).item() for _ in range(50)]
    assert np.mean(drawn) == pytest.approx(full.item(), abs=0.05)


def test_low_rank_vectors_are_those_of_a_dense_decomposition():
    random = np.random.default_rng(5)
    dense = (random.random((12, 9)) < 0.5).astype(np.float32)
    dense[3], dense[:, 5] = 0.0, 0.0
    chosen = sp.csr_matrix(dense)
    people, items = low_rank(chosen, 4, 1)
    degrees = [np.maximum(np.asarray(chosen.sum(axis=axis)).ravel(), 1) ** -0.5 for axis in (1, 0)]
    left, values, right = np.linalg.svd(degrees[0][:, None] * chosen.toarray() * degrees[1][None, :])
    for found, vectors in ((people, left[:, :4]), (items, right[:4].T)):
        np.testing.assert_allclose(found @ found.T, (vectors * values[:4]) @ vectors.T, atol=1e-5)  # signs are free
    assert not people[3].any() and not items[5].any()


def test_a_person_is_the_mean_of_the_texts_they_chose(feedback):
    text = np.random.default_rng(6).normal(size=(feedback.shape[1], 5)).astype(np.float32)
    text[0] = 0.0  # an item without a text
    people, items = (block.numpy() for block in side_of(feedback, text, 1))
    bare, _ = side_of(feedback, None, 1)
    assert not items[0, bare.shape[1] :].any()
    own = feedback.items[feedback.starts[7] : feedback.starts[8]]
    mean = items[own, bare.shape[1] :].mean(axis=0)
    np.testing.assert_allclose(people[7, bare.shape[1] :], mean / np.linalg.norm(mean), atol=1e-5)


def test_an_item_without_pairs_speaks_to_the_two_towers_through_its_text(feedback, trainers):
    taste = np.array([int(item[1:]) // ITEMS_PER_TASTE for item in feedback.item_ids])
    text = np.eye(TASTES, dtype=np.float32)[taste] + np.random.default_rng(7).normal(0, 0.01, (len(taste), TASTES))
    rest = feedback.rows(feedback.items != 0)
    params = {**first_choice(trainers["two_tower"], feedback), "epochs": 15}
    fitted = trainers["two_tower"].fit(rest, SideInformation(text=text.astype(np.float32)), params, 1)
    scores = fitted.score(rest, np.arange(rest.shape[0]), None)[:, 0]
    own = np.array([int(user[1:]) % TASTES for user in feedback.user_ids]) == taste[0]
    assert scores[own].mean() > scores[~own].mean() + 0.2


def test_a_gated_block_is_its_formula():
    torch.manual_seed(8)
    block, x = GatedBlock(6, 2, 0.0).eval().double(), torch.randn(1, 5, 6, dtype=torch.float64)
    weights = {name: value.detach().numpy() for name, value in block.named_parameters()}

    def linear(name, values):
        return values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(values):
        return (values - values.mean(1, keepdims=True)) / np.sqrt(values.var(1, keepdims=True) + 1e-5)

    def sigmoid(values):
        return 1 / (1 + np.exp(-values))

    given = x[0].numpy()
    query, key, value, gate = np.split(linear("asked", norm(given)), 4, axis=1)
    heads = []
    for part in (slice(0, 3), slice(3, 6)):
        logits = query[:, part] @ key[:, part].T / np.sqrt(3)
        shares = np.where(np.tri(5, dtype=bool), np.exp(logits), 0.0)
        heads.append(shares / shares.sum(axis=1, keepdims=True) @ value[:, part])
    given = given + sigmoid(gate) * linear("mix", np.hstack(heads))
    up, aside, gate = np.split(linear("up", norm(given)), [12, 24], axis=1)
    given = given + sigmoid(gate) * linear("down", up * sigmoid(up) * aside)
    with torch.no_grad():
        np.testing.assert_allclose(block(x)[0].numpy(), given, atol=1e-10)


def test_targets_are_drawn_evenly_from_what_follows():
    torch.manual_seed(9)
    given = torch.tensor([[0, 1, 2, 3, 4, 5], [6, 7, 8, 99, 99, 99]]).repeat(3_000, 1, 1).reshape(-1, 6)
    drawn = drawn_targets(given, 99, 3).numpy()
    longer, shorter = drawn[::2], drawn[1::2]
    for place, follow in enumerate(([1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5], [5])):
        counts = np.bincount(longer[:, place], minlength=6)[follow]
        assert counts.sum() == 3_000 and np.abs(counts / 3_000 - 1 / len(follow)).max() < 0.05
    assert set(shorter[:, 0]) == {7, 8} and set(shorter[:, 1]) == {8}
    assert (drawn_targets(given, 99, 1) == given[:, 1:]).all()


def test_items_start_from_vectors_of_who_chose_them(feedback, trainers):
    """Before anything is learned, items of one taste are nearer than those of two; a random start tells nothing."""
    apart = []
    for start in (0.0, 3.0):
        params = {"start": start, "targets": "next", "dropout": 0.2, "dimension": 8, "epochs": 0}
        model = trainers["sasrec"].fit(feedback, SideInformation(), params, 1).scorer.model
        vectors = torch.nn.functional.normalize(model.item_vectors().detach(), dim=1).numpy()
        taste = np.array([int(item[1:]) // ITEMS_PER_TASTE for item in feedback.item_ids])
        same = taste[:, None] == taste[None, :]
        apart.append((vectors @ vectors.T)[same].mean() - (vectors @ vectors.T)[~same].mean())
    assert apart[0] < 0.1 and apart[1] > 0.5
