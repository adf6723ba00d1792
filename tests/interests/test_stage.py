"""The stage on tables built by hand: what held-out texts say never reaches an item."""

import pytest

from interestlake.core.schemas.all import ALL
from interestlake.stages.build_interests import BUILD_INTERESTS

INPUTS = {
    "silver.items": [
        ("a", 0, "a", None, ["Jazz"], 1),
        ("b", 1, "b", None, ["Jazz"], 1),
        ("c", 2, "c", None, ["Blues"], 1),
        ("d", 3, "d", None, ["Blues"], 1),
    ],
    "silver.documents": [
        ("d1", "h1", "review", "a", "u", "text 1", 5.0, None, "train"),
        ("d2", "h2", "review", "b", "u", "text 2", 5.0, None, "train"),
        ("d3", "h3", "review", "a", "v", "text 3", 5.0, None, "test"),
        ("d4", "h3", "review", "b", "v", "text 3", 5.0, None, "validation"),
        ("d5", "h5", "tag", "a", "v", "Hidden", None, None, "test"),
        ("d6", "h5", "tag", "b", "v", "Hidden", None, None, "test"),
        ("d7", "h6", "tag", "a", "u", " Smoky  bar", None, None, "train"),
        ("d8", "h6", "tag", "b", "u", "smoky bar", None, None, "train"),
    ],
    "silver.text_features": [
        (name, 1, [], [], [(keyword, 0.25)], 0.0, "neutral", "x")
        for name, keyword in (("h1", "saxophone"), ("h2", "saxophone"), ("h3", "leaked word"))
    ],
    "silver.topics": [(0, "sax, brass, reed", []), (1, "leak, tap, drip", [])],
    "silver.document_topics": [("h1", 0, [0.9, 0.1]), ("h2", 0, [0.8, 0.2]), ("h3", 1, [0.1, 0.9])],
    "silver.interactions": [
        ("u", "a", 0, 0, 1.0, 1, 1, None, None, "train"),
        ("u", "b", 0, 1, 0.5, 1, 2, None, None, "test"),
        ("v", "c", 1, 2, 1.0, 1, 1, None, None, "train"),
    ],
}


@pytest.fixture
def filled(spark, stage_context):
    context = stage_context()
    for name, rows in INPUTS.items():
        schema = ", ".join(f"{column.name} {column.type}" for column in ALL[name].columns)
        context.lake.write(name, spark.createDataFrame(rows, schema), "seed")
    return context


def test_interests_and_maps_of_a_small_world(filled):
    figures = BUILD_INTERESTS.run(filled)
    rows = filled.lake.read("silver.interests").collect()
    interests = {row["interest_id"]: (row["name"], row["item_count"]) for row in rows}
    assert interests == {
        "category:Jazz": ("Jazz", 2),
        "category:Blues": ("Blues", 2),
        "tag:smoky bar": ("smoky bar", 2),
        "keyword:saxophone": ("saxophone", 2),
    }
    carried = filled.lake.read("silver.item_interests").collect()
    assert len(carried) == 8 and {row["weight"] for row in carried} == {1.0}
    maps = [row for row in filled.lake.read("gold.interest_map").collect() if row["user_id"] == "u"]
    assert {row["interest_id"] for row in maps} == set(interests) - {"category:Blues"}
    assert all(row["evidence"] == ["a", "b"] and row["share"] == pytest.approx(1 / 3) for row in maps)
    assert figures["interests"] == 4  # the topics have no terms that a text holds, so no name


def test_only_the_kinds_asked_for_are_built(filled):
    filled.params = type(filled.params)(interests=type(filled.params.interests)(kinds=("tag",)))
    assert BUILD_INTERESTS.run(filled)["interests"] == 1
