import math

import pytest

from interestlake.interactions.weigh import drop_rare, weigh_pairs


def weights(frame):
    return {(row.user_id, row.item_id): row.weight for row in frame.collect()}


def test_ratings_are_scaled_by_the_persons_highest(events):
    rows = events(
        [("a", "1", "rating", 4, 0), ("a", "2", "rating", 2, 0), ("a", "3", "rating", 0, 0), ("b", "1", "rating", 2, 0)]
    )
    assert weights(rows.transform(weigh_pairs())) == {("a", "1"): 1, ("a", "2"): 0.5, ("a", "3"): 0.05, ("b", "1"): 1}


def test_counts_are_logarithmic(events):
    rows = events([("a", "1", "play", 999, None), ("a", "2", "play", 9, None), ("a", "3", "play", 0, None)])
    found = weights(rows.transform(weigh_pairs()))
    assert found == pytest.approx({("a", "1"): 1, ("a", "2"): math.log(10) / math.log(1000), ("a", "3"): 0.05})


def test_events_of_a_pair_add_up_by_type(events):
    rows = events(
        [
            ("a", "1", "view", None, 0), ("a", "1", "purchase", None, 1), ("a", "1", "like", None, 5),
            ("a", "2", "view", None, 2), ("a", "2", "view", None, 3), ("a", "3", "review", 5, 4, "good"),
        ]
    )  # fmt: skip
    found = {row.item_id: row for row in rows.transform(weigh_pairs()).collect()}
    assert {item: row.weight for item, row in found.items()} == pytest.approx({"1": 1, "2": 0.6 / 2.1, "3": 1 / 2.1})
    assert {item: row.event_count for item, row in found.items()} == {"1": 3, "2": 2, "3": 1}
    assert [(found["1"].first_ts.day, found["1"].last_ts.day)] == [(1, 6)]


def test_half_life_counts_from_the_newest_event_of_all(events):
    rows = events(
        [
            ("a", "1", "like", None, 0),
            ("a", "2", "like", None, 20),
            ("b", "1", "like", None, 30),
            ("b", "2", "like", None, None),
        ]
    )
    found = weights(rows.transform(weigh_pairs(half_life_days=10)))
    assert found == pytest.approx({("a", "1"): 0.25, ("a", "2"): 1, ("b", "1"): 1, ("b", "2"): 1})
    tiny = weights(rows.transform(weigh_pairs(half_life_days=0.01)))
    assert tiny["a", "1"] == 1e-6 and all(0 < weight <= 1 for weight in tiny.values())


def test_pairs_rated_below_the_minimum_are_left_out(events):
    rows = events(
        [
            ("a", "1", "rating", 2, 0), ("a", "2", "rating", 3, 0), ("a", "3", "view", None, 0),
            ("a", "4", "view", None, 0), ("a", "4", "review", 1, 1, "bad"),
            ("a", "5", "rating", 1, 0), ("a", "5", "rating", 4, 9),
        ]
    )  # fmt: skip
    assert sorted(weights(rows.transform(weigh_pairs(min_rating=3)))) == [("a", "2"), ("a", "3"), ("a", "5")]


def test_a_tag_counts_only_beside_another_event(events):
    rows = events([("a", "1", "tag", None, 0, "fun"), ("a", "2", "tag", None, 0, "fun"), ("a", "2", "like", None, 0)])
    found = rows.transform(weigh_pairs()).collect()
    assert [(row.item_id, row.event_count, row.weight) for row in found] == [("2", 2, 1.0)]


def test_rare_items_go_before_rare_people(pairs):
    rows = pairs([("a", "1", 1), ("a", "2", 1), ("b", "1", 1), ("b", "3", 1), ("c", "3", 1), ("c", "9", 1)])
    kept = rows.transform(drop_rare(min_user_events=2, min_item_events=2))
    assert sorted((row.user_id, row.item_id) for row in kept.collect()) == [("b", "1"), ("b", "3")]
    assert rows.transform(drop_rare()).count() == 6
