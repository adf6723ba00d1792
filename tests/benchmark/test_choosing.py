"""Search, validation cuts, splits, fusion and lists: the parts that choose."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from pyspark.sql import functions as F

from interestlake.core.errors import BadInput
from interestlake.evaluation import arrays, ranking
from interestlake.evaluation.arrays import mean_list_ndcg
from interestlake.evaluation.search import Grid, search
from interestlake.interactions.protocols import cut_validation, split_pairs
from interestlake.interactions.side_information import SideInformation
from interestlake.models.registry import models_for
from interestlake.models.top import top_columns
from interestlake.recommending.fit_fusion import DISCOUNTS, fit_fusion
from interestlake.recommending.fusion import Fusion
from interestlake.recommending.pool import Pool, joined, ordered
from interestlake.recommending.segment_weights import fit_segments, fit_weights, mean_ndcg

from ..models.one_row import top_unseen
from .world import feedback, pairs, places_of


def test_search_finds_a_best_beyond_the_end_of_its_grid():
    trail = search(
        {"l2": Grid((1.0, 10.0, 100.0), 10.0), "power": Grid((0.0, 0.5, 1.0))},
        lambda at: -abs(np.log10(at["l2"]) - 4) - abs(at["power"] - 1.0),
        budget=30,
    )
    assert trail.best[0] == {"l2": 10_000.0, "power": 1.0}


def test_search_keeps_its_budget_and_tries_nothing_twice():
    trail = search({"a": Grid(tuple(range(1, 9))), "b": Grid(tuple(range(1, 9)))}, lambda at: at["a"] * at["b"], 7)
    tried = [tuple(sorted(params.items())) for params, _ in trail.tried]
    assert len(tried) == 7 == len(set(tried))


def test_a_parameter_that_changes_nothing_widens_no_grid():
    trail = search({"rank": Grid((8, 16), 2), "l2": Grid((1.0, 3.0), 3.0)}, lambda at: 0.0, 20)
    assert len(trail.tried) == 3 and trail.best == ({"rank": 16, "l2": 3.0}, 0.0)


def test_search_stays_within_bounds():
    trail = search({"rank": Grid((8, 16), 2, high=64)}, lambda at: at["rank"], 20)
    assert trail.best[0] == {"rank": 64}


@pytest.mark.parametrize("group", ["item", "user"])
def test_stratified_splits_hold_out_the_share_of_every_group(group):
    frame = pairs()
    part = split_pairs(frame, f"stratified-{group}", 0.25, 0.2, 3)
    sizes = frame.groupby(f"{group}_id").size()
    held = frame[part == "test"].groupby(f"{group}_id").size().reindex(sizes.index, fill_value=0)
    assert (held == np.round(sizes * 0.25)).all()
    rest = frame[part != "train"].groupby(f"{group}_id").size().reindex(sizes.index, fill_value=0)
    assert (rest == np.round(sizes * 0.45)).all()
    assert (part == split_pairs(frame, f"stratified-{group}", 0.25, 0.2, 3)).all()
    assert (part != split_pairs(frame, f"stratified-{group}", 0.25, 0.2, 4)).any()


def test_leave_one_out_takes_the_newest_pair_and_spares_short_histories():
    frame = pd.concat([pairs(), pd.DataFrame({"user_id": ["z"] * 2, "item_id": ["i1", "i2"], "timestamp": [1.0, 2.0]})])
    frame = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    part = split_pairs(frame, "leave-one-out", 0.0, 0.1, 0)
    for user, rows in frame.groupby("user_id"):
        order = part[rows.sort_values("timestamp").index].tolist()
        assert order == ["train"] * len(rows) if user == "z" else order[-2:] == ["validation", "test"]
        assert set(order[:-2]) <= {"train"}


def test_global_time_and_cold_items():
    frame = pairs()
    part = split_pairs(frame, "global-time", 0.2, 0.0, 0)
    assert frame["timestamp"][part == "train"].max() <= frame["timestamp"][part == "test"].min()
    assert (part == "test").sum() == round(len(frame) * 0.2)
    part = split_pairs(frame, "cold-items", 0.1, 0.0, 0)
    cold, warm = (set(frame["item_id"][part == name]) for name in ("test", "train"))
    assert not cold & warm and len(cold) == round(frame["item_id"].nunique() * 0.1)


def test_validation_is_cut_by_time_only_where_it_meets_known_people():
    crossing = pairs()
    crossing["timestamp"] %= 1000  # everybody is there at the same time
    held, how = cut_validation(feedback(crossing), "ranking", 0.2, 0)
    data = feedback(crossing)
    assert "newest" in how and data.times[held].min() >= data.times[~held].max()
    held, how = cut_validation(feedback(pairs()), "ranking", 0.2, 0)  # people come one after another
    assert "random" in how
    held, how = cut_validation(feedback(pairs()), "leave-one-out", 0.2, 0)
    assert held.sum() == 60 and "last pair" in how


def test_nothing_to_hold_out_is_said():
    one_each = pairs().drop_duplicates("user_id")
    with pytest.raises(BadInput, match="nothing to hold out"):
        cut_validation(feedback(one_each), "leave-one-out", 0.2, 0)


def test_sequences_are_trained_only_where_somebody_has_a_next_item():
    one_each = pairs().drop_duplicates("user_id")
    names = [[model.name for model in models_for(feedback(rows), SideInformation())] for rows in (pairs(), one_each)]
    assert set(names[0]) - set(names[1]) == {"sasrec"}


def test_block_lists_equal_the_lists_of_one_person():
    random = np.random.default_rng(5)
    scores = np.round(random.normal(size=(40, 30)), 1).astype(np.float32)  # many ties, some zeros
    seen = sp.random(40, 30, 0.3, "csr", random_state=5)
    columns, values = top_columns(scores, seen, 8)
    for row in range(40):
        own, own_values = top_unseen(scores[row], seen[row].indices, 8)
        np.testing.assert_array_equal(columns[row][: len(own)], own)
        np.testing.assert_allclose(values[row][: len(own)], own_values, rtol=1e-5)
        assert (columns[row][len(own) :] == -1).all()


def test_block_metrics_equal_those_of_the_pipeline(spark):
    random = np.random.default_rng(6)
    lists = np.stack([random.permutation(25)[:10] for _ in range(30)])
    relevant = [random.permutation(25)[: random.integers(1, 8)] for _ in range(30)]
    sizes = np.array([len(columns) for columns in relevant])
    hits = arrays.hits_of(lists, relevant)
    found = arrays.ranking_at(hits, sizes, 5)
    rows = [(row, (np.flatnonzero(hits[row]) + 1).tolist(), int(sizes[row])) for row in range(30)]
    frame = spark.createDataFrame(rows, "row int, hits array<int>, held int")
    columns = ranking.all_at(F.col("hits"), F.col("held"), 5)
    expected = frame.select("row", *(column.alias(name) for name, column in columns.items())).orderBy("row").toPandas()
    for name, values in found.items():
        np.testing.assert_allclose(values, expected[name].astype(float), atol=1e-9, err_msg=name)


def _pool(random, people=80, candidates=20, models=3) -> tuple[Pool, list[np.ndarray]]:
    """Model 1 sees what is relevant, model 0 is noise, model 2 half sees it; popular items are not relevant."""
    relevant = [np.sort(random.choice(candidates, 3, replace=False)) for _ in range(people)]
    truth = np.concatenate([np.isin(np.arange(candidates), wanted) for wanted in relevant]).astype(float)
    noise = random.random((len(truth), models))
    values = np.column_stack([noise[:, 0], 0.6 * truth + 0.4 * noise[:, 1], 0.3 * truth + 0.7 * noise[:, 2]])
    places = places_of(values, people)
    context = np.column_stack([random.random(len(truth)) * 5, np.ones(len(truth)), np.ones(len(truth))])
    starts = np.arange(people + 1) * candidates
    columns = np.tile(np.arange(candidates), people).astype(np.int32)
    pool = Pool(np.arange(people), starts, columns, values.astype(np.float32), places, context.astype(np.float32))
    return pool, relevant


def test_weights_find_the_model_that_knows():
    pool, relevant = _pool(np.random.default_rng(1))
    weights = fit_weights(pool, relevant, 5, popularity=0, seed=0)
    assert weights.sum() == pytest.approx(1) and weights.argmax() == 1 and weights[0] < 0.1
    lists, _ = ordered(pool, np.round(pool.values @ weights, 6), 5)
    assert mean_list_ndcg(lists, relevant) == pytest.approx(mean_ndcg(pool, relevant, weights[None, :], 5)[0])


def test_variety_gives_no_more_accuracy_than_allowed():
    pool, relevant = _pool(np.random.default_rng(2))
    half = len(relevant) // 2
    free = fit_fusion([pool], [relevant], ("popularity", "knows", "half"), 5, 0, variety=0.9)
    held = fit_fusion([pool], [relevant], ("popularity", "knows", "half"), 5, 0, variety=0.0)
    assert free.discount == max(DISCOUNTS) and held.discount < free.discount
    assert held.values["listed"] >= max(held.values["weights"], held.values["ranker"]) - 1e-9
    assert half and free.values["listed"] >= 0.1 * held.values["listed"]


def _planted(alpha_of, people=400, candidates=30, seed=7) -> tuple[Pool, list[np.ndarray]]:
    """Three granularities' scores; a person's three held-out items are the best by alpha_of(person), with noise."""
    random = np.random.default_rng(seed)
    values = random.random((people * candidates, 3)).astype(np.float32)
    history = np.array([3 if person % 2 else 300 for person in range(people)])
    relevant = []
    for person in range(people):
        rows = values[person * candidates : (person + 1) * candidates]
        liked = rows @ np.array(alpha_of(person)) + random.normal(0, 0.05, candidates)
        relevant.append(np.sort(np.argsort(-liked)[:3]))
    context = np.column_stack([np.ones(len(values)), np.repeat(np.log1p(history), candidates), np.ones(len(values))])
    starts, columns = np.arange(people + 1) * candidates, np.tile(np.arange(candidates), people).astype(np.int32)
    places = places_of(values, people)
    return Pool(np.arange(people), starts, columns, values, places, context.astype(np.float32)), relevant


def test_learned_weights_recover_the_planted_importance():
    planted = np.array([0.1, 0.6, 0.3])
    pool, relevant = _planted(lambda person: planted)
    weights = fit_weights(pool, relevant, 5, popularity=0, seed=0)
    assert np.argsort(weights).tolist() == np.argsort(planted).tolist()
    np.testing.assert_allclose(weights, planted, atol=0.06)


def test_short_histories_get_weights_of_their_own_where_they_differ():
    long, short = np.array([0.1, 0.7, 0.2]), np.array([0.1, 0.2, 0.7])
    pool, relevant = _planted(lambda person: short if person % 2 else long)
    fusion = fit_fusion([pool], [relevant], ("popularity", "behaviour", "text"), 5, 0, variety=0.0)
    assert set(fusion.segments) == {0, 3}
    assert fusion.segments[0][2] > 0.5 > fusion.segments[0][1] and fusion.segments[3][1] > 0.5
    apart, _ = ordered(pool, np.round(fusion.weighted(pool), 6), 5)
    together, _ = ordered(pool, np.round(pool.values @ fusion.weights, 6), 5)
    assert mean_list_ndcg(apart, relevant) > mean_list_ndcg(together, relevant) + 0.02


def test_segments_that_are_alike_or_small_keep_the_common_weights():
    pool, relevant = _planted(lambda person: (0.1, 0.6, 0.3), people=150)  # 75 of each length
    assert fit_segments(pool, relevant, np.array([0.1, 0.6, 0.3]), 5, 0, 0) == {}


def test_picked_people_keep_their_candidates():
    pool, relevant = _planted(lambda person: (0.1, 0.6, 0.3), people=6)
    part = pool.pick(np.array([1, 4]))
    assert part.people.tolist() == [1, 4] and part.starts.tolist() == [0, 30, 60]
    np.testing.assert_array_equal(part.values[30:], pool.values[120:150])
    assert part.histories.tolist() == [3, 300]


def test_somebody_without_a_history_gets_no_discount():
    pool, relevant = _pool(np.random.default_rng(4))
    pool.context[pool.owner % 2 == 0, 1] = 0.0
    fusion = Fusion(("a", "b", "c"), "weights", np.array([0.2, 0.5, 0.3]), discount=0.1)
    taken = pool.values @ fusion.weights - fusion.scores(pool)
    np.testing.assert_allclose(taken[pool.owner % 2 == 0], 0.0, atol=1e-6)
    known = pool.owner % 2 == 1
    np.testing.assert_allclose(taken[known], 0.1 * pool.context[known, 0] / np.log(2), atol=1e-5)


def test_pools_are_joined_person_by_person():
    random = np.random.default_rng(3)
    (first, wanted), (second, other) = _pool(random, people=4), _pool(random, people=6)
    both = joined([first, second])
    weights = np.array([[0.2, 0.5, 0.3]])
    whole = mean_ndcg(both, [*wanted, *other], weights, 5)[0] * 10
    parts = mean_ndcg(first, wanted, weights, 5)[0] * 4 + mean_ndcg(second, other, weights, 5)[0] * 6
    assert whole == pytest.approx(parts)
