import math

import pytest

from interestlake.interactions.split import split_pairs
from interestlake.interactions.weigh import chosen_pairs, drop_rare, weigh_pairs


def weighed(rows, split=("hash", 0, 0, 1), **parameters):
    """Events -> weighed pairs, all of them train unless `split` says otherwise."""
    chosen = rows.transform(chosen_pairs(parameters.get("event_weights")))
    return chosen.transform(split_pairs(*split)).transform(weigh_pairs(**parameters))


def weights(frame):
    return {(row.user_id, row.item_id): row.weight for row in frame.collect()}


def test_ratings_are_scaled_by_the_persons_highest(events):
    rows = events(
        [("a", "1", "rating", 4, 0), ("a", "2", "rating", 2, 0), ("a", "3", "rating", 0, 0), ("b", "1", "rating", 2, 0)]
    )
    assert weights(weighed(rows)) == {("a", "1"): 1, ("a", "2"): 0.5, ("a", "3"): 0.05, ("b", "1"): 1}


def test_counts_are_logarithmic(events):
    rows = events([("a", "1", "play", 999, None), ("a", "2", "play", 9, None), ("a", "3", "play", 0, None)])
    found = weights(weighed(rows))
    assert found == pytest.approx({("a", "1"): 1, ("a", "2"): math.log(10) / math.log(1000), ("a", "3"): 0.05})


def test_events_of_a_pair_add_up_by_type(events):
    rows = events(
        [
            ("a", "1", "view", None, 0), ("a", "1", "purchase", None, 1), ("a", "1", "like", None, 5),
            ("a", "2", "view", None, 2), ("a", "2", "view", None, 3), ("a", "3", "review", 5, 4, "good"),
        ]
    )  # fmt: skip
    found = {row.item_id: row for row in weighed(rows).collect()}
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
    found = weights(weighed(rows, half_life_days=10))
    assert found == pytest.approx({("a", "1"): 0.25, ("a", "2"): 1, ("b", "1"): 1, ("b", "2"): 1})
    tiny = weights(weighed(rows, half_life_days=0.01))
    assert tiny["a", "1"] == 1e-6 and all(0 < weight <= 1 for weight in tiny.values())


def test_pairs_rated_below_the_minimum_are_left_out(events):
    rows = events(
        [
            ("a", "1", "rating", 2, 0), ("a", "2", "rating", 3, 0), ("a", "3", "view", None, 0),
            ("a", "4", "view", None, 0), ("a", "4", "review", 1, 1, "bad"),
            ("a", "5", "rating", 1, 0), ("a", "5", "rating", 4, 9),
        ]
    )  # fmt: skip
    assert sorted(weights(weighed(rows, min_rating=3))) == [("a", "2"), ("a", "3"), ("a", "5")]


def test_a_tag_counts_only_beside_another_event(events):
    rows = events([("a", "1", "tag", None, 0, "fun"), ("a", "2", "tag", None, 0, "fun"), ("a", "2", "like", None, 0)])
    found = weighed(rows).collect()
    assert [(row.item_id, row.event_count, row.weight) for row in found] == [("2", 2, 1.0)]


def test_rare_items_go_before_rare_people(pairs):
    rows = pairs([("a", "1", 1), ("a", "2", 1), ("b", "1", 1), ("b", "3", 1), ("c", "3", 1), ("c", "9", 1)])
    rows = rows.transform(split_pairs("hash", 0, 0, 1))
    kept = rows.transform(drop_rare(min_user_events=2, min_item_events=2))
    assert sorted((row.user_id, row.item_id) for row in kept.collect()) == [("b", "1"), ("b", "3")]
    assert rows.transform(drop_rare()).count() == 6


def test_rarity_reads_train_and_takes_held_out_pairs_along(spark):
    rows = [("a", "1", "train"), ("a", "2", "test"), ("b", "1", "train"), ("b", "2", "train"), ("c", "3", "validation"),
            ("c", "1", "test")]  # fmt: skip
    rows = spark.createDataFrame(rows, "user_id string, item_id string, split string")
    kept = rows.transform(drop_rare(min_item_events=2))  # item 2 has two pairs, one of them train
    assert sorted((row.user_id, row.item_id) for row in kept.collect()) == [("a", "1"), ("b", "1"), ("c", "1")]
    kept = rows.transform(drop_rare(min_user_events=1, min_item_events=1))
    assert kept.count() == 6
    kept = rows.transform(drop_rare(min_user_events=2))  # person a has two pairs, one of them train
    assert {row.user_id for row in kept.collect()} == {"b"}


def later(events):
    """Person a in time: items 1 to 3 train, 4 validation (day 40), 5 test (day 50); b's one item is train."""
    return events(
        [
            ("a", "1", "rating", 4, 10), ("a", "2", "rating", 2, 20), ("a", "3", "view", None, 30),
            ("a", "4", "rating", 1, 40), ("a", "5", "rating", 5, 50),
            ("a", "2", "rating", 5, 45), ("a", "1", "purchase", None, 40), ("a", "3", "purchase", None, 60),
            ("a", "4", "like", None, 55), ("a", "4", "view", None, 50), ("a", "5", "rating", 3, 70),
            ("b", "1", "play", 9, 35),
        ]
    )  # fmt: skip


BY_TIME = ("user_time", 0.2, 0.2, 1)


def test_a_train_pair_holds_no_event_after_its_cut(events):
    found = {row.item_id: row for row in weighed(later(events), BY_TIME).where("user_id = 'a'").collect()}
    assert {item: row.split for item, row in found.items()} == {
        "1": "train", "2": "train", "3": "train", "4": "validation", "5": "test"}  # fmt: skip
    # of train the rating 4 is the maximum, and the purchase of the day that validation begins still counts
    assert {item: row.event_count for item, row in found.items()} == {"1": 2, "2": 1, "3": 1, "4": 2, "5": 2}
    assert {item: row.last_ts.day for item, row in found.items() if row.split == "train"} == {"1": 10, "2": 21, "3": 31}
    expected = {"1": 2 / 2, "2": 0.5 / 2, "3": 0.3 / 2, "4": (0.25 + 0.3) / 2, "5": (1 + 0.75) / 2}
    assert {item: row.weight for item, row in found.items()} == pytest.approx(expected)


def test_a_held_out_event_changes_no_train_weight(events):
    rows = [("a", "1", "rating", 2, 0), ("a", "2", "play", 3, 1), ("a", "3", "view", None, 2),
            ("a", "4", "like", None, 3), ("b", "1", "like", None, 1)]  # fmt: skip
    more = [("a", "5", "rating", 5, 4), ("a", "1", "rating", 5, 4.5), ("a", "2", "play", 900, 5),
            ("a", "5", "purchase", None, 9)]  # fmt: skip
    known = {"half_life_days": 2, "min_rating": 2}
    first = weighed(events(rows), ("hash", 0, 0, 1), **known)
    second = weighed(events(rows + more), ("user_time", 0, 0.2, 1), **known).where("split = 'train'")
    assert weights(second) == weights(first) and second.count() == 5


def test_one_cut_for_all(events):
    rows = [("a", "1", "like", None, 0), ("b", "2", "like", None, 1), ("c", "3", "like", None, 2),
            ("d", "4", "like", None, 30), ("a", "1", "purchase", None, 40)]  # fmt: skip
    found = {row.item_id: row for row in weighed(events(rows), ("global_time", 0, 0.25, 1)).collect()}
    assert {item: (row.split, row.event_count) for item, row in found.items()} == {
        "1": ("train", 1), "2": ("train", 1), "3": ("train", 1), "4": ("test", 1)}  # fmt: skip


def test_an_interest_is_judged_by_what_was_known(events):
    rows = [("a", "1", "rating", 1, 0), ("a", "2", "tag", None, 1, "fun"), ("a", "3", "like", None, 2),
            ("a", "4", "like", None, 3), ("a", "5", "rating", 5, 4),
            ("a", "1", "rating", 5, 8), ("a", "2", "like", None, 9)]  # fmt: skip
    found = weighed(events(rows), ("user_time", 0, 0.4, 1), min_rating=3).collect()
    # 1 was disliked until the cut; 2 was chosen last, whatever was tagged before
    assert {row.item_id: row.split for row in found} == {"3": "train", "4": "train", "5": "test", "2": "test"}
    assert {row.item_id: row.position for row in found} == {"2": 2, "3": 3, "4": 4, "5": 5}
