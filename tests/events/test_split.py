import hashlib
import random

import numpy as np
import pytest

from interestlake.interactions.split import split_pairs


def split_of(frame):
    return {(row.user_id, row.item_id): row.split for row in frame.collect()}


def by_user(rows, validation_share, test_share):
    """The rule in plain Python: {(user, item): split} from [(user, item, sort key)]."""
    expected = {}
    for user in {user for user, _, _ in rows}:
        ordered = sorted((key, item) for owner, item, key in rows if owner == user)
        size = len(ordered)
        held = [
            0 if size < 3 or share == 0 else max(1, int(size * share + 0.5)) for share in (test_share, validation_share)
        ]
        for place, (_, item) in enumerate(reversed(ordered)):
            last = place == size - 1
            expected[user, item] = (
                "train" if last or place >= sum(held) else "test" if place < held[0] else "validation"
            )
    return expected


@pytest.mark.parametrize(("validation_share", "test_share"), [(0.1, 0.2), (0.0, 0.3), (0.3, 0.39), (0.1, 0.0)])
def test_the_latest_pairs_of_each_person_are_held_out(pairs, validation_share, test_share):
    rng = random.Random(5)
    rows = [(f"u{size}", f"i{n:02d}", rng.randrange(8)) for size in (1, 2, 3, 4, 5, 11, 30) for n in range(size)]
    frame = pairs(rows).transform(split_pairs("user_time", validation_share, test_share, 1))
    assert split_of(frame) == by_user(rows, validation_share, test_share)


def test_position_is_the_place_in_time_ties_by_item_no_time_first(pairs):
    rows = [("a", "z", 5), ("a", "b", 5), ("a", "c", 1), ("a", "d", None)]
    frame = pairs(rows).transform(split_pairs("user_time", 0.1, 0.2, 1))
    assert {row.item_id: row.position for row in frame.collect()} == {"d": 1, "c": 2, "b": 3, "z": 4}


def test_nothing_of_the_future_is_trained_on(pairs):
    rng = random.Random(6)
    rows = [(f"u{n % 9}", f"i{n:03d}", rng.randrange(1000)) for n in range(200)]
    found = pairs(rows).transform(split_pairs("user_time", 0.1, 0.2, 1)).toPandas()
    for _, mine in found.groupby("user_id"):
        times = {name: part.first_ts for name, part in mine.groupby("split")}
        assert times["train"].max() <= times["validation"].min() <= times["validation"].max() <= times["test"].min()


def test_hash_holds_out_the_same_numbers_in_hashed_order(pairs):
    rows = [(f"u{size}", f"i{n:02d}", None) for size in (2, 3, 10, 40) for n in range(size)]

    def place(user, item):
        return int(hashlib.sha256(f"9|{user}|{item}".encode()).hexdigest()[:13], 16)

    expected = by_user([(user, item, place(user, item)) for user, item, _ in rows], 0.1, 0.2)
    assert split_of(pairs(rows).transform(split_pairs("hash", 0.1, 0.2, 9))) == expected
    shuffled = pairs(rows[::-1]).repartition(7).transform(split_pairs("hash", 0.1, 0.2, 9))
    assert split_of(shuffled) == expected
    assert split_of(pairs(rows).transform(split_pairs("hash", 0.1, 0.2, 10))) != expected


def test_global_time_cuts_at_exact_quantiles(pairs):
    rng = np.random.default_rng(3)
    times = rng.integers(0, 10_000, 150)
    rows = [(f"u{n % 20}", f"i{n:03d}", int(at)) for n, at in enumerate(times)] + [("u1", "untimed", None)]
    found = split_of(pairs(rows).transform(split_pairs("global_time", 0.1, 0.2, 1)))
    validation_from, test_from = np.quantile(times, [0.7, 0.8])
    for user, item, at in rows:
        late = at is not None
        expected = "test" if late and at > test_from else "validation" if late and at > validation_from else "train"
        assert found[user, item] == expected
