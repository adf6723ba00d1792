"""The loss by hand, and the model's vectors, scores and exported form."""

import numpy as np
import pytest
import torch

from interestlake.models.losses import in_batch_softmax
from interestlake.models.two_tower import PairScorer, TwoTower


def test_loss_by_hand():
    users, items = torch.eye(3), torch.eye(3)
    log_share = torch.log(torch.tensor([0.5, 0.25, 0.25]))
    ids, weight = torch.arange(3), torch.tensor([1.0, 2.0, 0.0])
    found = in_batch_softmax(users, items, ids, ids, weight, log_share, 0.5)
    logits = np.eye(3) / 0.5 - np.log([0.5, 0.25, 0.25])
    losses = np.log(np.exp(logits).sum(axis=1)) - np.diag(logits)
    assert found.item() == pytest.approx((losses[0] + 2 * losses[1]) / 3, abs=1e-6)


def test_the_correction_makes_rare_draws_count_more():
    """Equal vectors: without correction each of three columns has 1/3; with it, a column counts 1/share."""
    users = items = torch.ones(3, 1)
    ids, share = torch.arange(3), torch.tensor([0.5, 0.3, 0.2])
    for row in range(3):
        weight = torch.eye(3)[row]
        found = in_batch_softmax(users, items, ids, ids, weight, share.log(), 1.0).item()
        chance = (1 / share[row]) / (1 / share).sum()
        assert found == pytest.approx(-np.log(chance.item()), abs=1e-6)


def test_weights_of_zero_give_no_loss_and_no_gradient():
    users = torch.eye(3, requires_grad=True)
    loss = in_batch_softmax(users, torch.eye(3), torch.arange(3), torch.arange(3), torch.zeros(3), torch.zeros(3), 1.0)
    loss.backward()
    assert loss.item() == 0.0 and users.grad.abs().sum().item() == 0.0


def test_rows_of_the_same_item_or_person_are_no_negatives():
    users, items = torch.eye(3), torch.eye(3)
    args = users, items, torch.tensor([0, 0, 1]), torch.tensor([0, 1, 0])
    found = in_batch_softmax(*args, torch.ones(3), torch.zeros(3), 1.0)
    # row 0 masks row 1 (same person) and row 2 (same item); rows 1 and 2 see each other
    expected = (0 + np.log(1 + np.exp(-1)) * 2) / 3
    assert found.item() == pytest.approx(expected, abs=1e-6)


def test_the_served_module_scores_pairs():
    torch.manual_seed(1)
    model = TwoTower(torch.randn(5, 3), torch.randn(7, 3), 8, 0.0, 0.5).eval()
    users, items = model.vectors()
    pairs = torch.tensor([[4, 6], [0, 1]])
    expected = torch.stack([users[4] @ items[6], users[0] @ items[1]]) / 0.5
    torch.testing.assert_close(PairScorer(model)(pairs), expected)


def test_vectors_do_not_depend_on_the_chunk_and_leave_the_mode_alone():
    torch.manual_seed(2)
    model = TwoTower(torch.randn(50, 3), torch.randn(70, 3), 8, 0.5, 0.5).train()
    for small, whole in zip(model.vectors(chunk=7), model.vectors(), strict=True):
        torch.testing.assert_close(small, whole)
    assert model.training


def test_the_export_takes_any_number_of_pairs():
    torch.manual_seed(1)
    scorer = PairScorer(TwoTower(torch.randn(5, 3), torch.randn(7, 3), 8, 0.1, 0.5)).eval()
    exported = torch.export.export(
        scorer, (torch.zeros(2, 2, dtype=torch.long),), dynamic_shapes=[{0: torch.export.Dim.AUTO}]
    ).module()
    pairs = torch.tensor([[4, 6], [0, 1], [2, 2], [3, 0], [1, 5]])
    torch.testing.assert_close(exported(pairs), scorer(pairs))
