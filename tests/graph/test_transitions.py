"""Transitions against a plain loop over histories: gaps, ties, thresholds, strongest per source."""

from collections import defaultdict

import numpy as np
import pytest

from interestlake.graph.transitions import build_transitions

SCHEMA = "user_id string, node string, weight double, position int"
LOOSE = {"min_pair_count": 1, "max_neighbours": 100}


def random_rows(seed: int) -> list[tuple]:
    """25 people with 2 to 8 of 7 nodes, some at the same position, weights in multiples of 1/64, some 0."""
    generator = np.random.default_rng(seed)
    rows = []
    for user in range(25):
        nodes = generator.permutation(7)[: generator.integers(2, 8)]
        rows += [(f"u{user}", f"n{node}", int(generator.integers(0, 65)) / 64, int(generator.integers(0, 5)))
                 for node in nodes]  # fmt: skip
    return rows


def expected(rows, transition_window, min_pair_count, max_neighbours) -> dict:
    people = defaultdict(list)
    for user, node, weight, position in rows:
        if weight > 0:
            people[user].append((position, node, weight))
    flow, count = defaultdict(float), defaultdict(int)
    for mine in people.values():
        mine.sort()
        for place, (_, src, left) in enumerate(mine):
            for gap, (_, dst, right) in enumerate(mine[place + 1 : place + 1 + transition_window], 1):
                flow[src, dst] += left * right / gap
                count[src, dst] += 1
    total = defaultdict(float)
    for (src, _), value in flow.items():
        total[src] += value
    found = {}
    for src in total:
        able = [dst for (s, dst), pairs in count.items() if s == src and pairs >= min_pair_count]
        able.sort(key=lambda dst: (-flow[src, dst] / total[src], dst))
        found |= {(src, dst): (flow[src, dst] / total[src], count[src, dst]) for dst in able[:max_neighbours]}
    return found


def edges_of(frame) -> dict:
    return {(row["src"], row["dst"]): (row["weight"], row["pair_count"]) for row in frame.collect()}


@pytest.mark.parametrize("limits", [
    {"transition_window": 1, **LOOSE}, {"transition_window": 3, **LOOSE},
    {"transition_window": 3, "min_pair_count": 4, "max_neighbours": 2},
])  # fmt: skip
def test_transitions_are_a_plain_loops(spark, limits):
    rows = random_rows(limits["transition_window"])
    found = edges_of(spark.createDataFrame(rows, SCHEMA).repartition(3).transform(build_transitions(**limits)))
    wanted = expected(rows, **limits)
    assert found.keys() == wanted.keys() and wanted
    np.testing.assert_allclose([found[pair] for pair in wanted], list(wanted.values()), rtol=1e-9)
    total = defaultdict(float)
    for (src, _), (weight, _) in found.items():
        total[src] += weight
    whole = limits["min_pair_count"] == 1
    assert all(value == pytest.approx(1) if whole else value <= 1 + 1e-9 for value in total.values())


def test_one_walk_by_hand(spark):
    """a, b, c in a row: from a, b at gap 1 and c at gap 2, so 2/3 and 1/3; nothing follows c."""
    rows = [("u", "a", 1.0, 1), ("u", "b", 1.0, 5), ("u", "c", 1.0, 9)]
    found = edges_of(spark.createDataFrame(rows, SCHEMA).transform(build_transitions(transition_window=2, **LOOSE)))
    assert found == {("a", "b"): (pytest.approx(2 / 3), 1), ("a", "c"): (pytest.approx(1 / 3), 1), ("b", "c"): (1.0, 1)}


def test_one_at_the_same_place_follows_by_name_and_ties_go_to_the_smaller_node(spark):
    rows = [("u", "b", 1.0, 1), ("u", "a", 1.0, 1), ("v", "a", 1.0, 1), ("v", "c", 1.0, 2)]
    frame = spark.createDataFrame(rows, SCHEMA)
    assert set(edges_of(frame.transform(build_transitions(transition_window=3, **LOOSE)))) == {("a", "b"), ("a", "c")}
    cut = frame.transform(build_transitions(transition_window=3, min_pair_count=1, max_neighbours=1))
    assert edges_of(cut) == {("a", "b"): (0.5, 1)}
