"""nDCG has one numpy core, equal to scikit-learn; whoever needs it in another form is held equal on random data."""

import numpy as np
import pytest
import torch
from sklearn.metrics import ndcg_score

from interestlake.evaluation.arrays import hits_of, mean_list_ndcg, ndcg_at
from interestlake.recommending.pool import Pool, ordered
from interestlake.recommending.segment_weights import mean_ndcg
from interestlake.training.holdout import Holdout, ndcg

ITEMS, K = 30, 10


def asked(seed: int, people: int = 20) -> tuple[np.ndarray, list[np.ndarray]]:
    """(people, ITEMS) scores without ties, and 1 to 14 relevant items of each person."""
    random = np.random.default_rng(seed)
    scores = random.permuted(np.tile(np.arange(1, ITEMS + 1) / ITEMS, (people, 1)), axis=1)
    return scores, [np.sort(random.choice(ITEMS, random.integers(1, 15), False)) for _ in range(people)]


@pytest.mark.parametrize("k", [1, 3, 10, 40])
def test_the_core_is_scikit_learns(k):
    scores, relevant = asked(k)
    lists = np.argsort(-scores, axis=1)
    found = ndcg_at(hits_of(lists, relevant), np.array([len(columns) for columns in relevant]), k)
    truth = np.stack([np.isin(np.arange(ITEMS), columns) for columns in relevant]).astype(float)
    oracle = [ndcg_score(truth[[row]], scores[[row]], k=k) for row in range(len(scores))]
    assert found == pytest.approx(oracle, abs=1e-12)
    assert mean_list_ndcg(lists[:, :k], relevant) == pytest.approx(
        np.mean([ndcg_score(truth[[row]], scores[[row]], k=min(k, ITEMS)) for row in range(len(scores))]), abs=1e-12
    )


def test_of_a_factor_model():
    random = np.random.default_rng(1)
    users, items = random.normal(size=(25, 4)), random.normal(size=(ITEMS, 4))
    people = np.arange(0, 25, 2)
    _, relevant = asked(1, len(people))
    seen = [random.choice(np.setdiff1d(np.arange(ITEMS), columns), 3, False) for columns in relevant]
    rows = (np.repeat(np.arange(len(people)), [len(c) for c in relevant]), np.concatenate(relevant))
    holdout = Holdout(people, (np.repeat(np.arange(len(people)), 3), np.concatenate(seen)), rows)
    found = ndcg(torch.as_tensor(users), torch.as_tensor(items), holdout, K)
    scores = users[people] @ items.T
    scores[np.arange(len(people))[:, None], np.stack(seen)] = -np.inf
    lists = np.argsort(-scores, axis=1)[:, :K]
    assert found == pytest.approx(mean_list_ndcg(lists, relevant), abs=1e-6)  # the discounts are float32


def pool(seed: int, people: int = 15, sources: int = 3) -> Pool:
    random = np.random.default_rng(seed)
    parts = [np.sort(random.choice(ITEMS, random.integers(3, 20), False)) for _ in range(people)]
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    values = random.uniform(0.05, 1, (starts[-1], sources)).round(1)  # few values: many ties
    return Pool(np.arange(people), starts, np.concatenate(parts).astype(np.int32), values,
                np.ones_like(values, np.int16), np.zeros((starts[-1], 3), np.float32))  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_of_every_weight_vector(seed):
    made, (_, relevant) = pool(seed), asked(seed, 15)
    weights = np.random.default_rng(seed).dirichlet(np.ones(3), 8)
    lists = [ordered(made, np.round(made.values @ one, 6), K)[0] for one in weights]
    wanted = [mean_list_ndcg(columns, relevant) for columns in lists]
    assert mean_ndcg(made, relevant, weights, K) == pytest.approx(wanted, abs=1e-12)
