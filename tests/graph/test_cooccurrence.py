"""Co-occurrence edges: each measure against numpy on random people, what the limits keep, planted cliques."""

import numpy as np
import pytest

from interestlake.core.errors import BadInput
from interestlake.graph import cooccurrence
from interestlake.graph.cooccurrence import MEASURES, build_edges
from interestlake.graph.histories import cap_histories

PEOPLE, NODES = 36, 10
SCHEMA = "user_id string, node string, weight double, position int"
WIDE = {"min_pair_count": 1, "max_history": 100, "max_neighbours": 100, "popularity_discount": 0.0, "seed": 7}


def random_weights(seed: int) -> np.ndarray:
    """(PEOPLE, NODES) in [0, 1], 0 where not held; multiples of 1/64, which quantising leaves alone."""
    generator = np.random.default_rng(seed)
    popular = generator.uniform(0.1, 0.7, NODES)
    held = generator.random((PEOPLE, NODES)) < popular
    return np.where(held, generator.integers(1, 65, (PEOPLE, NODES)) / 64, 0.0)


def histories(spark, weights: np.ndarray, partitions: int = 3):
    """Also a row of weight 0 per person, which nobody holds."""
    rows = [(f"u{u:02}", f"n{n}", float(weights[u, n]), int(n)) for u, n in zip(*np.nonzero(weights), strict=True)]
    rows += [(f"u{u:02}", "unheld", 0.0, 99) for u in range(len(weights))]
    return spark.createDataFrame(rows, SCHEMA).repartition(partitions)


def association(measure: str, weights: np.ndarray) -> np.ndarray:
    """(NODES, NODES) of a measure, from its formula in docs/graph.md."""
    held = (weights > 0).astype(float)
    both, n, people = held.T @ held, held.sum(axis=0), float((held.sum(axis=1) > 0).sum())
    left, right = np.meshgrid(n, n, indexing="ij")
    with np.errstate(divide="ignore", invalid="ignore"):
        if measure == "cosine":
            return weights.T @ weights / np.sqrt(np.outer((weights**2).sum(axis=0), (weights**2).sum(axis=0)))
        if measure == "jaccard":
            return both / (left + right - both)
        if measure == "lift":
            return people * both / (left * right)
        if measure == "pmi":
            return np.log(people * both / (left * right))
        # Dunning (1993): 2 sum k ln(k N / (row x column)) over the four cells, 0 where seen no more than by chance
        table = np.array([[both, left - both], [right - both, people - left - right + both]])
        rows, columns = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
        terms = np.where(table > 0, table * np.log(table * people / (rows * columns)), 0.0)
        return np.where(both * people > left * right, 2 * terms.sum(axis=(0, 1)), 0.0)


def expected(measure, weights, min_pair_count, max_neighbours, popularity_discount, **_) -> dict:
    held = (weights > 0).astype(float)
    both, n = held.T @ held, held.sum(axis=0)
    weight = association(measure, weights) / np.outer(n, n) ** (popularity_discount / 2)
    edge = (both >= min_pair_count) & (weight > 0) & ~np.eye(len(n), dtype=bool)
    stays = set()
    for node in range(len(n)):
        others = sorted(np.flatnonzero(edge[node]), key=lambda other: (-weight[node, other], other))
        stays |= {(min(node, other), max(node, other)) for other in others[:max_neighbours]}
    return {(f"n{a}", f"n{b}"): (weight[a, b], both[a, b]) for a, b in stays}


def edges_of(frame) -> dict:
    return {(row["src"], row["dst"]): (row["weight"], row["pair_count"]) for row in frame.collect()}


def assert_edges(found: dict, wanted: dict) -> None:
    assert found.keys() == wanted.keys() and wanted
    np.testing.assert_allclose([found[pair] for pair in wanted], list(wanted.values()), rtol=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_is_numpys(spark, measure):
    weights = random_weights(MEASURES.index(measure))
    limits = WIDE | {"min_pair_count": 3, "popularity_discount": 0.3}
    found = edges_of(histories(spark, weights).transform(build_edges(measure=measure, **limits)))
    assert_edges(found, expected(measure, weights, **limits))
    assert all(src < dst for src, dst in found)


def test_the_strongest_of_either_end_stay_and_blocks_change_nothing(spark, monkeypatch):
    monkeypatch.setattr(cooccurrence, "BLOCK_CELLS", 20)
    weights = random_weights(11)
    limits = WIDE | {"max_neighbours": 2}
    for partitions in (1, 4):
        found = edges_of(histories(spark, weights, partitions).transform(build_edges(measure="jaccard", **limits)))
        assert_edges(found, expected("jaccard", weights, **limits))
    assert NODES / 2 <= len(found) <= 2 * NODES


def test_ties_go_to_the_smaller_neighbour(spark):
    rows = [(f"u{n}", node, 1.0, 0) for n, other in enumerate("abcd") for node in ("hub", other) for _ in (0,)]
    found = edges_of(
        spark.createDataFrame(rows, SCHEMA).transform(build_edges(measure="jaccard", **WIDE | {"max_neighbours": 1}))
    )
    # each leaf keeps its only edge; the hub's own choice among equals is a, which is there already
    assert found == {(leaf, "hub"): (0.25, 1) for leaf in "abcd"}


def test_a_popularity_discount_turns_an_order_round(spark):
    """x shares 4 of 4 people with the popular p (20 people), and 3 of its 4 with the rare r (3 people)."""
    rows = [(f"u{n}", "p", 1.0, 0) for n in range(20)] + [(f"u{n}", "x", 1.0, 1) for n in range(4)]
    rows += [(f"u{n}", "r", 1.0, 2) for n in range(3)]
    frame = spark.createDataFrame(rows, SCHEMA)

    def weight(discount):
        built = build_edges(measure="lift", **WIDE | {"popularity_discount": discount})
        return {pair: found for pair, (found, _) in edges_of(frame.transform(built)).items()}

    plain, discounted = weight(0.0), weight(1.0)
    for (src, dst), value in plain.items():
        n = {"p": 20, "x": 4, "r": 3}
        assert discounted[src, dst] == pytest.approx(value / np.sqrt(n[src] * n[dst]))
    assert plain["p", "x"] / plain["r", "x"] == pytest.approx(3 / 20 * 4 / 3)
    assert discounted["p", "x"] / discounted["r", "x"] < plain["p", "x"] / plain["r", "x"]


def test_two_cliques_and_a_bridge(spark):
    """Three people hold a, b, c, three hold d, e, f, one holds c and d."""
    groups = ["abc"] * 3 + ["def"] * 3 + ["cd"]
    rows = [(f"u{n}", node, 1.0, place) for n, group in enumerate(groups) for place, node in enumerate(group)]
    frame = spark.createDataFrame(rows, SCHEMA)
    whole = edges_of(frame.transform(build_edges(measure="jaccard", **WIDE)))
    inside, touching = (1.0, 3), (0.75, 3)
    assert whole == {("a", "b"): inside, ("a", "c"): touching, ("b", "c"): touching, ("d", "e"): touching,
                     ("d", "f"): touching, ("e", "f"): inside, ("c", "d"): (1 / 7, 1)}  # fmt: skip
    cut = edges_of(frame.transform(build_edges(measure="jaccard", **WIDE | {"min_pair_count": 2})))
    assert cut == {pair: edge for pair, edge in whole.items() if pair != ("c", "d")}


def test_a_long_history_is_sampled_before_pairs_are_made(spark):
    weights = np.ones((4, NODES))
    frame = histories(spark, weights)
    found = edges_of(frame.transform(build_edges(measure="jaccard", **WIDE | {"max_history": 3})))
    sampled: dict[str, list] = {}
    for row in frame.where("weight > 0").transform(cap_histories(3, WIDE["seed"])).collect():
        sampled.setdefault(row["user_id"], []).append(row["node"])
    pairs = [tuple(sorted((a, b))) for nodes in sampled.values() for a in nodes for b in nodes if a < b]
    assert {pair: edge[1] for pair, edge in found.items()} == {pair: pairs.count(pair) for pair in pairs}
    assert len(pairs) == 4 * 3


def test_an_unknown_measure_is_refused():
    with pytest.raises(BadInput, match="measure: found dice"):
        build_edges(measure="dice", **WIDE)
