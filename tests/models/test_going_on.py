"""Fits that go on from a former one: rows follow people and items, what came is learned, what was known stays."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import SideInformation
from interestlake.models.lay_over import lay_over, left_by
from interestlake.models.registry import BY_NAME
from interestlake.models.start import ITEMS, USERS, NotAlike, Start, replayed

from ..benchmark.world import ITEMS_PER_TASTE, TASTES, pairs

WARM = ("als", "lightgcn", "sasrec", "two_tower")
EPOCHS = {"lightgcn": 10, "sasrec": 12, "two_tower": 15}
NOTHING = SideInformation()


@pytest.fixture(autouse=True)
def fewer_features_than_items(monkeypatch):
    """The number of low-rank features would else follow the world's 60 items."""
    monkeypatch.setattr("interestlake.models.two_tower_fit.PAIR_RANK", 32)


def of(frame, user_ids, item_ids) -> Pairs:
    return Pairs.of(frame, np.array(sorted(user_ids), object), np.array(sorted(item_ids), object), timed=True)


@pytest.fixture(scope="module")
def frame():
    return pairs(people=60).assign(weight=1.0).rename(columns={"timestamp": "time"})


@pytest.fixture(scope="module")
def feedback(frame) -> Pairs:
    return of(frame, frame["user_id"].unique(), frame["item_id"].unique())


def given(name: str, known: Pairs) -> dict:
    model = BY_NAME[name]
    first = {key: grid.first for key, grid in model.grids_for(known).items()}
    unordered = {"targets": "ahead", "dropout": 0.5} if name == "sasrec" else {}
    return {**first, **unordered, **({"epochs": EPOCHS[name]} if name in EPOCHS else {})}


def start(fitted, before: Pairs, now: Pairs, new) -> Start:
    def rows(ids, former):
        place = {one: row for row, one in enumerate(former)}
        return np.array([place.get(one, -1) for one in ids], np.int64)

    where = {USERS: rows(now.user_ids, before.user_ids), ITEMS: rows(now.item_ids, before.item_ids)}
    return Start(fitted.weights, where, dict(zip((USERS, ITEMS), before.shape, strict=True)), new)


def test_every_model_that_says_so_goes_on():
    assert {name for name, model in BY_NAME.items() if model.go_on} == set(WARM)


@pytest.mark.parametrize("name", WARM)
def test_without_anything_new_everybody_is_told_the_same_whatever_rows_they_have(frame, feedback, name):
    """Somebody and something that sort before all others move every row by one."""
    model = BY_NAME[name]
    params = {**given(name, feedback), **({"epochs": 2} if name in EPOCHS else {})}
    former = model.fit(feedback, NOTHING, params, 1)
    now = of(frame, [*feedback.user_ids, "a"], [*feedback.item_ids, "a"])
    fitted = model.go_on(now, NOTHING, params, 1, start(former, feedback, now, np.zeros(len(now), bool)))
    then = former.score(feedback, np.arange(feedback.shape[0]), None)
    scores = fitted.score(now, np.arange(now.shape[0]), None)
    assert not scores[0].any() and not scores[:, 0].any()
    np.testing.assert_allclose(scores[1:, 1:], then, rtol=2e-4, atol=5e-4)


@pytest.mark.parametrize("name", WARM)
def test_an_item_that_came_is_learned_and_the_others_are_not_forgotten(frame, feedback, name):
    """Two of three people of the first taste choose it; the third is told of it, people of other tastes are not."""
    model, params = BY_NAME[name], given(name, feedback)
    former = model.fit(feedback, NOTHING, params, 1)
    mine = [user for user in feedback.user_ids if int(user[1:]) % TASTES == 0]
    fans = [user for place, user in enumerate(mine) if place % 3]
    came = frame.iloc[: len(fans)].assign(user_id=fans, item_id="z", time=frame["time"].max() + 1.0)
    now = of(pd.concat([frame, came], ignore_index=True), feedback.user_ids, [*feedback.item_ids, "z"])
    new = now.items == now.shape[1] - 1
    fitted = model.go_on(now, NOTHING, params, 1, start(former, feedback, now, new))
    everyone = np.arange(now.shape[0])
    scores = fitted.score(now, everyone, None)
    scores[now.matrix.nonzero()] = -np.inf
    asked = [place for place, user in enumerate(now.user_ids) if user in mine and user not in fans]
    others = [place for place, user in enumerate(now.user_ids) if user not in mine]
    place_of_it = (scores >= scores[:, -1:]).sum(axis=1)
    assert np.median(place_of_it[asked]) < np.median(place_of_it[others]) / 2
    taste = np.array([int(item[1:]) // ITEMS_PER_TASTE if item != "z" else 0 for item in now.item_ids])
    own = np.array([int(user[1:]) % TASTES for user in now.user_ids])
    best = np.argsort(-scores, axis=1)[:, :3]
    assert (taste[best] == own[:, None]).mean() > 0.8  # 0.25 by chance


def test_what_is_replayed_are_the_new_and_so_many_of_the_others():
    new = np.arange(100) < 4
    learn = replayed(new, 9, 1)
    assert learn[:4].all() and learn.sum() == 40
    np.testing.assert_array_equal(learn, replayed(new, 9, 1))
    assert replayed(np.arange(100) < 50, 9, 1).all() and not replayed(np.zeros(3, bool), 9, 1).any()


class Small(nn.Module):
    def __init__(self, rows: int, side: torch.Tensor):
        super().__init__()
        self.table = nn.Embedding(rows, 2)
        self.dense = nn.Linear(2, 2)
        self.register_buffer("side", side)


def test_side_features_are_turned_back_to_the_axes_that_were_learned_on():
    random = np.random.default_rng(0)
    side = torch.as_tensor(random.normal(size=(8, 3)).astype(np.float32))
    turn = torch.as_tensor(np.linalg.qr(random.normal(size=(3, 3)))[0].astype(np.float32))
    former, now = Small(8, side), Small(9, torch.cat([torch.ones(1, 3), side @ turn]))
    rows = {ITEMS: np.arange(-1, 8)}
    begun = now.table.weight[0].clone()
    lay_over(
        now, Start(left_by(former), rows, {ITEMS: 8}, np.ones(1, bool)), {"table.weight": (ITEMS,), "side": (ITEMS,)}
    )
    torch.testing.assert_close(now.side[1:], side, rtol=1e-4, atol=1e-5)
    assert torch.linalg.norm(now.side[0]) == pytest.approx(3**0.5, rel=1e-5)  # turned alike, as long as before
    torch.testing.assert_close(now.table.weight[1:], former.table.weight)
    torch.testing.assert_close(now.table.weight[0], begun)
    torch.testing.assert_close(now.dense.weight, former.dense.weight)


def test_another_shape_is_told(feedback):
    side = torch.zeros(4, 3)
    wider = Start(left_by(Small(4, torch.zeros(4, 5))), {ITEMS: np.arange(4)}, {ITEMS: 4}, np.ones(1, bool))
    with pytest.raises(NotAlike, match="side was"):
        lay_over(Small(4, side), wider, {"table.weight": (ITEMS,), "side": (ITEMS,)})
    model = BY_NAME["als"]
    params = given("als", feedback)
    former = model.fit(feedback, NOTHING, {**params, "rank": 8}, 1)
    with pytest.raises(NotAlike, match="the rank was 8"):
        model.go_on(feedback, NOTHING, params, 1, start(former, feedback, feedback, feedback.users == 0))
