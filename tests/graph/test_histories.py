"""What each person holds: the train split alone, interests by their formula, a sample that depends on nothing else."""

import numpy as np
import pytest

from interestlake.graph.histories import (
    WEIGHT_QUANTUM,
    cap_histories,
    interest_histories,
    item_histories,
    quantised,
    ranked_by_position,
)

SCHEMA = "user_id string, node string, weight double, position int"


def rows_of(frame) -> list[tuple]:
    return sorted(tuple(row) for row in frame.select("user_id", "node", "weight", "position").collect())


def test_item_histories_are_liked_train_pairs(spark):
    rows = [
        ("u", "a", 1.0, 1, "train"),
        ("u", "b", 0.0, 2, "train"),
        ("u", "c", 0.5, 3, "validation"),
        ("u", "d", 0.5, 4, "test"),
        ("v", "a", 0.25, 1, "train"),
    ]
    frame = spark.createDataFrame(rows, "user_id string, item_id string, weight double, position int, split string")
    assert rows_of(frame.transform(item_histories())) == [("u", "a", 1.0, 1), ("v", "a", 0.25, 1)]


def test_interest_histories_are_numpys(spark):
    generator = np.random.default_rng(3)
    chosen = np.where(generator.random((12, 9)) < 0.4, generator.integers(1, 33, (12, 9)) / 32, 0.0)
    carry = np.where(generator.random((9, 5)) < 0.5, generator.integers(1, 33, (9, 5)) / 32, 0.0)
    carry[0, :] = 0.5  # every interest has an item, every item counts for the catalogue
    carry[:, 0] = np.maximum(carry[:, 0], 1 / 32)
    items = spark.createDataFrame([(f"u{u:02}", f"i{i}", float(chosen[u, i]), int(i))
                                   for u, i in zip(*np.nonzero(chosen), strict=True)], SCHEMA)  # fmt: skip
    carried = spark.createDataFrame([(f"i{i}", f"t{t}", float(carry[i, t]))
                                     for i, t in zip(*np.nonzero(carry), strict=True)],
                                    "item_id string, interest_id string, weight double")  # fmt: skip
    strength = chosen @ carry * np.log1p(9 / (carry > 0).sum(axis=0))
    wanted = []
    for user in range(12):
        best = sorted(np.flatnonzero(strength[user]), key=lambda t: (-strength[user, t], t))[:3]
        wanted += [(f"u{user:02}", f"t{t}", strength[user, t] / strength[user].max(),
                    int(np.flatnonzero((chosen[user] > 0) & (carry[:, t] > 0))[0])) for t in best]  # fmt: skip
    found = rows_of(items.transform(interest_histories(carried, 3)))
    wanted.sort()
    assert [(row[0], row[1], row[3]) for row in found] == [(row[0], row[1], row[3]) for row in wanted]
    np.testing.assert_allclose([row[2] for row in found], [row[2] for row in wanted], rtol=1e-9)


def test_a_cap_samples_the_same_rows_whatever_the_partitions(spark):
    rows = [(user, f"n{n:02}", 1.0, n) for user, size in (("long", 30), ("other", 30), ("short", 4))
            for n in range(size)]  # fmt: skip
    frame = spark.createDataFrame(rows, SCHEMA)
    kept = rows_of(frame.transform(cap_histories(10, 1)))
    assert kept == rows_of(frame.repartition(4, "node").transform(cap_histories(10, 1)))
    assert set(kept) <= set(rows)
    by_user = {user: {row[1] for row in kept if row[0] == user} for user in ("long", "other", "short")}
    assert {user: len(nodes) for user, nodes in by_user.items()} == {"long": 10, "other": 10, "short": 4}
    assert by_user["long"] != by_user["other"], "each person is drawn alone"
    assert kept != rows_of(frame.transform(cap_histories(10, 2))), "another seed draws others"


def test_steps_are_by_position_then_node(spark):
    rows = [("u", "b", 1.0, 4), ("u", "a", 1.0, 4), ("u", "z", 1.0, 1), ("v", "a", 1.0, 9)]
    found = ranked_by_position(spark.createDataFrame(rows, SCHEMA)).collect()
    assert {(row["user_id"], row["node"]): row["step"] for row in found} == {
        ("u", "z"): 1, ("u", "a"): 2, ("u", "b"): 3, ("v", "a"): 1}  # fmt: skip


def test_sums_of_quantised_products_do_not_depend_on_their_order(spark):
    weights = np.random.default_rng(5).random(200)
    frame = spark.createDataFrame([(float(weight),) for weight in weights], "weight double")
    found = np.array([row[0] for row in frame.select(quantised(frame["weight"])).collect()])
    assert found == pytest.approx(weights, abs=WEIGHT_QUANTUM / 2)
    squares = found**2
    orders = [np.random.default_rng(seed).permutation(200) for seed in range(20)]
    assert len({float(np.cumsum(squares[order])[-1]) for order in orders}) == 1
