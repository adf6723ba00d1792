"""Golden pins of the lake on the planted catalogue: its graph by hand, and the figures of the library's own lists."""

import numpy as np
import pytest

from interestlake.evaluation.arrays import coverage, hits_of, novelty, ranking_at
from interestlake.evaluation.table import accuracy, held_out_people, spread
from interestlake.graph.cooccurrence import build_edges
from interestlake.graph.histories import item_histories
from interestlake.graph.transitions import build_transitions
from interestlake.models.neighbours import item_neighbours

from .planted import HELD_OUT, HISTORIES, ITEMS, RELEVANT, pairs

ROOT6 = 1 / np.sqrt(6)
LIMITS = {"min_pair_count": 1, "max_neighbours": 10}
LISTS = {"u0": "cdef", "u1": "bdef", "u6": "abef"}
KS = (2, 4)


@pytest.fixture(scope="module")
def interactions(spark):
    rows = [(user, item, 1.0, place, "train") for user, items in HISTORIES.items() for place, item in enumerate(items)]
    rows += [(user, item, 1.0, 9, "test") for user, items in HELD_OUT.items() for item in items]
    schema = "user_id string, item_id string, weight double, position int, split string"
    return spark.createDataFrame(rows, schema).repartition(2).cache()


def edges_of(frame) -> dict:
    return {row["src"] + row["dst"]: row["weight"] for row in frame.collect()}


def test_the_graph_has_the_cosines_of_the_library(interactions):
    built = build_edges(measure="cosine", max_history=300, popularity_discount=0.0, seed=0, **LIMITS)
    found = edges_of(interactions.transform(item_histories()).transform(built))
    assert found == pytest.approx({"ab": 1 / 2, "ac": ROOT6, "bc": ROOT6, "cd": 1 / 3, "de": ROOT6, "df": ROOT6,
                                   "ef": 1 / 2}, abs=1e-12)  # fmt: skip
    near = item_neighbours(pairs().matrix, "cosine", 10, 0.0).toarray()
    assert {f"{ITEMS[i]}{ITEMS[j]}": near[i, j] for i, j in zip(*np.nonzero(np.triu(near)), strict=True)} == (
        pytest.approx(found, abs=1e-6)
    )


def test_the_transitions(interactions):
    built = build_transitions(transition_window=3, **LIMITS)
    assert edges_of(interactions.transform(item_histories()).transform(built)) == {
        "ab": 0.5, "ac": 0.5, "bc": 1.0, "cd": 1.0, "de": 0.5, "df": 0.5, "ef": 1.0}  # fmt: skip


def test_the_tables_figures_are_those_of_the_arrays(spark, interactions):
    columns = np.array([[ITEMS.index(item) for item in row] for row in LISTS.values()])
    sizes = np.array([len(items) for items in HELD_OUT.values()])
    counts = np.array([sum(item in items for items in HISTORIES.values()) for item in ITEMS])
    rows = [("test", "fused", user, rank, item) for user, items in LISTS.items() for rank, item in enumerate(items, 1)]
    lists = spark.createDataFrame(rows, "split string, model string, user_id string, rank int, item_id string")
    items = spark.createDataFrame([(item, int(count)) for item, count in zip(ITEMS, counts, strict=True)],
                                  "item_id string, user_count int")  # fmt: skip
    people = interactions.transform(held_out_people(1))
    table = lists.transform(accuracy(interactions, people, KS)).unionByName(
        lists.transform(spread(items, people, len(HISTORIES), KS))
    )
    found = {(row["metric"], row["k"]): row["value"] for row in table.where("segment = 'all'").collect()}
    wanted = {}
    for k in KS:
        figures = ranking_at(hits_of(columns, RELEVANT), sizes, k)
        wanted |= {(name, k): float(values.mean()) for name, values in figures.items()}
        wanted["coverage", k] = coverage(columns[:, :k], len(ITEMS))
        wanted["novelty", k] = novelty(columns[:, :k], counts, len(HISTORIES))
    assert found == pytest.approx(wanted, abs=1e-12)
