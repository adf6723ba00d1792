"""Texts of histories, views, the softmax' loss and the calibration, on numbers whose answer is known."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from interestlake.models.distribution.calibrate import (
    Scored,
    Temperatures,
    bins_of,
    expected_calibration_error,
    fit_temperatures,
    probability_figures,
)
from interestlake.models.distribution.model import ItemSoftmax, log_shares, view_loss
from interestlake.models.distribution.verbalise import TEXTS, TITLES, draw_view, history_text, parted


def test_a_text_holds_its_items_in_order_between_the_marks():
    items = np.array([[7, 8, 0], [0, 0, 0], [9, 0, 0]])
    assert history_text([2, 1, 0], items, 101, 102) == [101, 9, 7, 8, 102]
    assert history_text([], items, 101, 102) == [101, 102]


def test_parts_are_the_newest_first_and_keep_the_order_of_time():
    history = list(range(TITLES * TEXTS + 5))
    parts = parted(history)
    assert len(parts) == TEXTS
    assert parts[0] == history[-TITLES:] and parts[1] == history[-2 * TITLES : -TITLES]
    assert parted([4, 2]) == [[4, 2]] and parted([]) == []


@pytest.mark.parametrize("count", [2, 3, TITLES + 1, 64])
def test_a_view_parts_a_history_and_leaves_something_to_foretell(count):
    generator, columns = np.random.default_rng(3), np.arange(count)[::-1]
    for _ in range(50):
        told, others = draw_view(columns, generator)
        assert 1 <= len(told) <= TITLES and len(others) >= 1
        assert sorted([*told, *others]) == sorted(columns)
        assert (np.diff(told) < 0).all() and (np.diff(others) < 0).all()


def softmax_model(items: int = 30, width: int = 8) -> ItemSoftmax:
    torch.manual_seed(0)
    counts = torch.arange(items, dtype=torch.float32)
    model = ItemSoftmax(0.1 * torch.randn(items, width), counts, torch.zeros(items, 2, dtype=torch.int32), width)
    torch.nn.init.normal_(model.delta, std=0.1)
    return model.eval()


def test_the_loss_is_cross_entropy_over_the_items_that_were_not_told():
    model = softmax_model()
    states = model.states(torch.randn(2, 8))
    told, rows, targets = torch.tensor([[3, 5], [4, 30]]), torch.tensor([0, 0, 1]), torch.tensor([1, 2, 0])
    logits = model(states).detach()
    logits[0, [3, 5]] = -torch.inf
    logits[1, 4] = -torch.inf
    asked = torch.nn.functional.cross_entropy(logits[rows], targets)
    assert view_loss(model, states, told, rows, targets, None).item() == pytest.approx(asked.item(), abs=1e-5)


def test_drawn_items_stand_for_all_of_them():
    model = softmax_model(items=400)
    states = model.states(torch.randn(4, 8))
    told, rows, targets = torch.full((4, 1), 400), torch.arange(4), torch.tensor([7, 8, 9, 10])
    whole = view_loss(model, states, told, rows, targets, None).item()
    drawn = [view_loss(model, states, told, rows, targets, torch.randint(400, (200,))).item() for _ in range(200)]
    assert np.mean(drawn) == pytest.approx(whole, abs=0.05)


def test_nobodys_history_is_answered_by_the_shares_of_the_pairs():
    model = softmax_model()
    told = torch.softmax(model(model.states(torch.zeros(1, 8))), dim=1)[0]
    new = 2 / 437  # one item of the 435 pairs has one
    expected = torch.where(torch.arange(30) > 0, (1 - new) * torch.arange(30) / 435, new)
    assert torch.allclose(told, expected, atol=1e-6)


@pytest.mark.parametrize(("counts", "new"), [
    ([8, 1, 1, 0, 0], 3 / 12), ([5, 5], 0.0), ([1, 1, 1, 0], 0.5), ([0, 0], 0.5), ([6, 4, 0], 1 / 12),
])  # fmt: skip
def test_items_without_a_pair_share_what_is_expected_of_new_ones(counts, new):
    shares = log_shares(torch.tensor(counts, dtype=torch.float32)).exp()
    unseen = torch.tensor(counts) == 0
    assert float(shares[unseen].sum()) == pytest.approx(new) and (shares[~unseen] > 0).all()
    if (~unseen).any():
        assert float(shares.sum()) == pytest.approx(1)


def drawn_world(temperature: float, people: int = 4000, items: int = 20) -> Scored:
    """Answers drawn by softmax(logits), scores that say `temperature` times the logits, item 0 seen by everybody."""
    generator = np.random.default_rng(5)
    logits = generator.normal(size=(people, items)) * 2
    logits[:, 0] = -np.inf
    noise = generator.gumbel(size=logits.shape)
    answers = (logits + noise).argmax(axis=1)
    scores = np.where(np.isinf(logits), 3.0, logits * temperature).astype(np.float32)
    seen = sp.csr_matrix((np.ones(people), (np.arange(people), np.zeros(people, int))), shape=(people, items))
    return Scored.of(scores, seen, [np.array([answer, 0]) for answer in answers])


@pytest.mark.parametrize("planted", [0.3, 1.0, 4.0])
def test_the_planted_temperature_is_found_and_calibrates(planted):
    scored = drawn_world(planted)
    assert len(scored.rows) == 4000  # the seen item is no held-out pair
    found = fit_temperatures(scored)
    assert found.known == pytest.approx(planted, rel=0.05) and found.stranger == 1.0
    right, wrong = probability_figures(scored, found), probability_figures(scored, Temperatures(planted * 5))
    assert right["calibration_error"] < 0.03 < wrong["calibration_error"]
    assert right["perplexity"] < wrong["perplexity"]
    assert np.exp(scored.log_probabilities(found)).sum(axis=1) == pytest.approx(1)
    assert (scored.log_probabilities(found)[:, 0] == -np.inf).all()


def test_people_without_a_history_get_a_temperature_of_their_own():
    known, strange = drawn_world(0.5), drawn_world(2.0)
    seen = sp.vstack([known.seen, sp.csr_matrix(strange.seen.shape)], format="csr")
    scores = np.vstack([known.scores, np.where(np.arange(20) == 0, -1e9, strange.scores).astype(np.float32)])
    answers = np.concatenate([known.items, strange.items])
    both = Scored.of(scores, seen, [np.array([answer]) for answer in answers])
    found = fit_temperatures(both)
    assert found == pytest.approx((0.5, 2.0), rel=0.05)
    assert probability_figures(both, found)["perplexity"] < probability_figures(both, Temperatures(1, 1))["perplexity"]


def test_perplexity_of_equal_scores_is_the_number_of_unseen_items():
    seen = sp.csr_matrix(([1.0], ([1], [4])), shape=(3, 11))
    scored = Scored.of(np.zeros((3, 11), np.float32), seen, [np.array([2])] * 3)
    assert probability_figures(scored, Temperatures())["perplexity"] == pytest.approx((11 * 11 * 10) ** (1 / 3))


def test_the_calibration_error_is_the_weighted_gap_of_equal_parts():
    confidence = np.repeat([0.2, 0.8], [150, 300])
    outcome = np.concatenate([np.arange(150) % 10 < 3, np.arange(300) % 10 < 6])
    assert expected_calibration_error(confidence, outcome) == pytest.approx((0.1 + 2 * 0.2) / 3)
    assert [count for *_, count in bins_of(confidence, outcome)] == [30] * 15
