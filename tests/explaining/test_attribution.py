"""Attributions that must add up: gradients of the two-tower model, Kernel SHAP of a ranker known by heart."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch
from torch.nn import functional

from interestlake.models.item_matrix import EdgeScorer
from interestlake.models.popularity import Popularity
from interestlake.models.two_tower import PairScorer, TwoTower
from interestlake.recommending.explaining.attribution import PARTS, attribute, by_history, rebuilt
from interestlake.recommending.explaining.surrogate import explain_score

from ..recommending.given import small_recommender

TEXT = 4


@pytest.fixture(scope="module")
def tower():
    torch.manual_seed(3)
    model = TwoTower(torch.randn(5, 7), torch.randn(6, 7), 8, 0.1, 0.5)
    with torch.no_grad():
        for side in (model.user_tower, model.item_tower):
            side.identity.weight.normal_(0, 0.5)
    return model.eval()


def test_parts_add_up_to_the_score(tower):
    for user, item in ((0, 0), (4, 5), (2, 3)):
        found = attribute(tower, user, item, TEXT)
        assert tuple(found.parts) == PARTS
        assert sum(found.parts.values()) == pytest.approx(found.score - found.baseline, abs=1e-2)
        assert found.score == pytest.approx(float(tower(torch.tensor([user]), torch.tensor([item])).detach()), abs=1e-5)


def test_a_saved_scorer_is_rebuilt_from_its_state(tower):
    pairs = torch.tensor([[0, 1], [4, 5]])
    again = rebuilt(PairScorer(tower).state_dict(), 0.5)
    assert torch.allclose(PairScorer(again)(pairs), PairScorer(tower)(pairs))


def test_a_model_without_a_side_network_speaks_by_ids_alone(tower):
    mute = TwoTower(torch.zeros(5, 7), torch.zeros(6, 7), 8, 0.0, 0.5).eval()
    with torch.no_grad():
        for side in (mute.user_tower, mute.item_tower):
            side.identity.weight.normal_(0, 0.5)
    parts = attribute(mute, 1, 1, TEXT).parts
    assert all(parts[name] == 0 for name in PARTS if "id" not in name.split())
    assert abs(parts["user id"]) + abs(parts["item id"]) > 0.01


def test_the_text_part_is_split_over_the_items_it_was_made_of(tower):
    vectors, weights = torch.rand(3, TEXT) + 0.1, torch.tensor([1.0, 0.5, 0.0])
    text = functional.normalize((weights[:, None] * vectors).sum(0), dim=0)
    tower.user_tower.side[1, :TEXT] = text
    found = attribute(tower, 1, 2, TEXT)
    split = by_history(found, vectors, weights)
    assert float(split.sum()) == pytest.approx(found.parts["user text"], abs=1e-5)
    assert float(split[2]) == 0


def ranker():
    """Six items; 0 -> 4 strongly, 1 -> 4 weakly, 2 -> 5; popularity favours 3."""
    edges = sp.csr_matrix(([3.0, 1.0, 2.0], ([0, 1, 2], [4, 4, 5])), (6, 6), dtype=np.float32)
    counts = np.array([1, 1, 1, 9, 2, 3], np.float32)
    scorers = (Popularity("popularity", counts), EdgeScorer("item_knn", edges))
    return small_recommender(scorers, [0.2, 0.8], {"popularity": "popular", "item_knn": "together"}, counts)


def test_shap_values_add_up_and_find_what_speaks_for_the_item():
    recommender = ranker()
    person = {
        "user_id": "u",
        "items": np.array([0, 1, 2]),
        "weights": np.ones(3, np.float32),
        "friend_items": None,
        "friend_weights": None,
        "interests": None,
        "shares": None,
    }
    values, nothing, everything = explain_score(person, 4, [0], recommender)
    assert set(values) == {"i00", "i01", "i02", "popularity"}
    assert sum(values.values()) == pytest.approx(everything - nothing, abs=1e-6)
    assert max(values, key=values.get) == "i00" and values["i00"] > values["i01"] > values["i02"]
    again = explain_score(person, 4, [0], recommender)[0]
    assert values == again
    assert nothing == 0 < everything
