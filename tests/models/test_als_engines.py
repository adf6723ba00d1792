"""One contract for both ALS engines on planted blocks, and the choice between them."""

import numpy as np
import pandas as pd
import pytest

from interestlake.core.params.all import Als
from interestlake.graph.als import factors
from interestlake.graph.als_engine import fit_with, plan_for
from interestlake.graph.als_plan import AlsFit, plan_fit
from interestlake.interactions.batch import UserBatch
from interestlake.models.fold_in_als import FoldInAls
from interestlake.recommending.blocks import Catalogue, sparse_rows

BLOCKS, SIZE = 4, 8
PEOPLE = ITEMS = BLOCKS * SIZE
FIRST_USER, FIRST_ITEM = 100, 50  # ids neither start at 0 nor agree with places
PARAMS = {"rank": 4, "iterations": 8, "blocks": 2, "regularization": 0.02}
ENGINES = ("spark", "implicit")
TOLERANCE = 0.02  # of the mean share of withheld pairs in a person's first items


def pairs() -> list[tuple[int, int, float]]:
    """Each person has the items of the own block but two; now and then one of another block, at weight 0.3."""
    random, rows = np.random.default_rng(5), []
    for user in range(PEOPLE):
        for item in range(ITEMS):
            away = (item - user) % SIZE
            if user // SIZE == item // SIZE and away not in (0, 3):
                rows.append((user + FIRST_USER, item + FIRST_ITEM, 1.0))
            elif user // SIZE != item // SIZE and random.random() < 0.04:
                rows.append((user + FIRST_USER, item + FIRST_ITEM, 0.3))
    rows.append((FIRST_USER + PEOPLE, FIRST_ITEM, 0.0))  # somebody who saw and did not like
    return rows


@pytest.fixture(scope="module")
def interactions(spark):
    return spark.createDataFrame(pairs(), "user_index int, item_index int, weight double")


@pytest.fixture(scope="module")
def fits(interactions):
    """engine -> (plan, model, user vectors, item vectors by id)."""
    found = {}
    for engine in ENGINES:
        params = Als(engine=engine, **PARAMS)
        plan = plan_for(params)(interactions)
        model = fit_with(plan, params, 1)(interactions)
        sides = [{r[0]: np.array(r["vector"]) for r in frame.collect()} for frame in factors(model)]
        found[engine] = (plan, model, *sides)
    return found


def scores_of(users: dict, items: dict) -> np.ndarray:
    left = np.stack([users[FIRST_USER + user] for user in range(PEOPLE)])
    return left @ np.stack([items[FIRST_ITEM + item] for item in range(ITEMS)]).T


def withheld_share(users: dict, items: dict) -> float:
    """Mean share of a person's two withheld items among the first two unseen ones."""
    scores = scores_of(users, items)
    for user, item, _ in pairs():
        if user < FIRST_USER + PEOPLE:
            scores[user - FIRST_USER, item - FIRST_ITEM] = -np.inf
    first = np.argsort(-scores, axis=1)[:, :2]
    return float((first // SIZE == (np.arange(PEOPLE) // SIZE)[:, None]).mean())


@pytest.mark.parametrize("engine", ENGINES)
def test_each_person_s_block_comes_first(fits, engine):
    _, _, users, items = fits[engine]
    scores = scores_of(users, items)
    for user, item, weight in pairs():
        if weight == 0.3:  # what a person chose elsewhere may stand among the block
            scores[user - FIRST_USER, item - FIRST_ITEM] = -np.inf
    first = np.argsort(-scores, axis=1)[:, : SIZE - 2]
    assert (first // SIZE == (np.arange(PEOPLE) // SIZE)[:, None]).all()


def test_both_engines_find_as_many_withheld_pairs(fits):
    shares = [withheld_share(*fits[engine][2:]) for engine in ENGINES]
    assert min(shares) > 0.95 and abs(shares[0] - shares[1]) <= TOLERANCE


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_are_the_people_and_items_of_the_pairs(fits, engine):
    plan, _, users, items = fits[engine]
    assert plan.engine == engine and plan.scaled == (engine == "spark")
    assert sorted(users) == list(range(FIRST_USER, FIRST_USER + PEOPLE + 1))
    assert sorted(items) == list(range(FIRST_ITEM, FIRST_ITEM + ITEMS))
    assert {len(vector) for vector in [*users.values(), *items.values()]} == {PARAMS["rank"]}
    assert not users[FIRST_USER + PEOPLE].any(), "a pair of weight 0 is no choice"


@pytest.mark.parametrize("engine", ENGINES)
def test_the_model_predicts_the_product_and_nan_for_strangers(spark, fits, engine):
    _, model, users, items = fits[engine]
    asked = [(FIRST_USER, FIRST_ITEM), (FIRST_USER + 9, FIRST_ITEM + 3), (7, FIRST_ITEM), (FIRST_USER, 7), (7, 7)]
    found = model.transform(spark.createDataFrame(asked, "user_index int, item_index int")).collect()
    found = {(row[0], row[1]): row["prediction"] for row in found}
    for pair in asked[:2]:
        np.testing.assert_allclose(found[pair], users[pair[0]] @ items[pair[1]], atol=1e-5)
    assert all(np.isnan(found[pair]) for pair in asked[2:])


@pytest.mark.parametrize("engine", ENGINES)
def test_folding_in_the_train_history_gives_the_engine_s_own_vectors(fits, engine):
    plan, _, users, items = fits[engine]
    catalogue = Catalogue.of(
        pd.DataFrame(
            {"item_id": [f"i{n:02d}" for n in range(ITEMS)], "item_index": np.arange(ITEMS) + FIRST_ITEM, "title": "t"}
        )
    )
    frame = pd.DataFrame(pairs(), columns=["user_index", "items", "weights"]).groupby("user_index").agg(list)
    people = frame.reset_index()
    vectors = np.stack([items[FIRST_ITEM + item] for item in range(ITEMS)]).astype(np.float32)
    scorer = FoldInAls.of("als", vectors, plan.alpha, plan.regularization, plan.scaled)
    lists = people["items"].tolist(), people["weights"].tolist()
    history = sparse_rows(*lists, catalogue.column_of_index, ITEMS)  # a batch of lists has no weights, a fold-in may
    solved = scorer.user_vectors(UserBatch(history, history, history, {}))
    np.testing.assert_allclose(solved, np.stack([users[user] for user in people["user_index"]]), atol=1e-4)


def test_a_second_fit_on_one_executor_agrees(interactions, fits):
    plan, _, users, _ = fits["implicit"]
    again = factors(fit_with(plan, Als(**PARAMS), 1)(interactions.repartition(3)))[0].collect()
    for row in again:
        np.testing.assert_allclose(row["vector"], users[row["user_index"]], atol=1e-5)


def test_auto_takes_one_executor_where_the_plan_fits():
    small = plan_fit(Als(max_gigabytes=1.0), 1_000_000, 10_000, 5_000)
    assert small.engine == "implicit" and not small.scaled
    assert "1000000 pairs and 15000 vectors plan 0.080 GB, als.max_gigabytes=1" in small.reason
    np.testing.assert_allclose(small.regularization, 0.05 * 1_000_000 / np.sqrt(10_000 * 5_000))
    for large in (
        plan_fit(Als(max_gigabytes=1.0), 20_000_000, 10_000, 5_000),
        plan_fit(Als(max_gigabytes=1.0, rank=512), 1_000_000, 200_000, 5_000),
    ):
        assert (large.engine, large.scaled, large.regularization) == ("spark", True, 0.05)
    named = plan_fit(Als(engine="spark"), 10, 2, 2)
    assert named == AlsFit("spark", "als.engine=spark", 10.0, 0.05, True)
