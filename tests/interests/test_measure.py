"""The measure by hand: who reads what first, lift, distinctness, bare words; held-out pairs make no map."""

import pytest

from interestlake.core.schemas.all import ALL
from interestlake.interests.measure import judge_interests, lifts
from interestlake.interests.reading_key import reading_key
from interestlake.interests.reading_order import first_interests
from interestlake.stages.evaluate_interests import EVALUATE_INTERESTS

FIRST = [("u", "tag:jazz", "tag", "jazz"), ("u", "keyword:man", "keyword", "man"), ("v", "tag:jazz", "tag", "jazz"),
         ("v", "category:Pop", "category", "Pop"), ("w", "topic:1", "topic", "a, b, c")]  # fmt: skip
CARRIED = [("a", "tag:jazz"), ("b", "tag:jazz"), ("c", "category:Pop"), ("d", "keyword:man")]
HELD_OUT = [("u", "a"), ("u", "c"), ("v", "b"), ("v", "c"), ("v", "d"), ("v", "e")]


@pytest.fixture(scope="module")
def frames(spark):
    return (
        spark.createDataFrame(FIRST, "user_id string, interest_id string, kind string, name string"),
        spark.createDataFrame(HELD_OUT, "user_id string, item_id string"),
        spark.createDataFrame(CARRIED, "item_id string, interest_id string"),
    )


def test_lift_is_found_over_expected(frames):
    first, held_out, carried = frames
    rows = first.transform(lifts(held_out, carried)).collect()
    assert {(row["user_id"], row["interest_id"]): row["lift"] for row in rows} == pytest.approx({
        ("u", "tag:jazz"): (1 / 2) / (2 / 6), ("u", "keyword:man"): 0.0,
        ("v", "tag:jazz"): (1 / 4) / (2 / 6), ("v", "category:Pop"): (1 / 4) / (2 / 6)})  # fmt: skip


def test_the_figures(frames):
    first, held_out, carried = frames
    rows = {
        row["metric"]: (row["value"], row["cases"])
        for row in first.transform(judge_interests(held_out, carried)).collect()
    }
    assert rows["lift"] == (pytest.approx((0.75 + 0.75) / 2), 2)  # w has nothing held out
    assert rows["lift_pooled"] == (pytest.approx(3 / (2 / 3 + 2 / 6 + 4 / 3 + 4 / 3)), 2)
    assert rows["widest"] == (pytest.approx(2 / 3), 3)
    assert rows["bare_words"] == rows["topics"] == (pytest.approx(1 / 5), 3)
    assert rows["places"] == (pytest.approx(5 / 3), 3)


def test_named_kinds_are_read_before_words_and_what_everybody_chooses_is_not(spark):
    rows = [("keyword:man", 0.9), ("keyword:guitar amp", 0.8), ("tag:jazz", 0.6), ("category:Pop", 0.7),
            ("category:Drama", 0.5), ("topic:1", 0.75)]  # fmt: skip
    schema = "user_id string, interest_id string, strength double, share double"
    interest_map = spark.createDataFrame([("u", name, value, 0.1) for name, value in rows], schema)
    names = spark.createDataFrame([(name, name.split(":")[0], name.split(":")[1]) for name, _ in rows],
                                  "interest_id string, kind string, name string")  # fmt: skip
    found = interest_map.transform(first_interests(names, 5)).orderBy("place").collect()
    expected = ["category:Pop", "tag:jazz", "keyword:guitar amp", "topic:1", "keyword:man"]
    assert [row["interest_id"] for row in found] == expected
    told = [{"interest_id": n, "kind": n.split(":")[0], "strength": s, "share": 0.1} for n, s in rows if s > 0.5]
    assert [row["interest_id"] for row in sorted(told, key=reading_key)] == expected


def test_held_out_pairs_make_no_map(spark, stage_context):
    context = stage_context()
    people = [(f"u{n}", ("jazz", "pop")[n % 2]) for n in range(30)]
    other = {"jazz": "pop", "pop": "jazz"}
    carried = [(f"{name}{n}", f"tag:{name}", 1.0) for name in other for n in range(16)]
    splits = ["train"] * 8 + ["validation"] * 4 + ["test"] * 4
    pairs = []
    for u, (user, taste) in enumerate(people):
        for n, split in enumerate(splits):
            # on test days everybody turns to the other taste
            item = f"{other[taste] if split == 'test' else taste}{n}"
            pairs.append((user, item, u, n, 1.0, 1, n + 1, None, None, split))
    tables = {
        "silver.interests": [(f"tag:{name}", "tag", name, 16) for name in other],
        "silver.item_interests": carried,
        "silver.interactions": pairs,
    }
    for name, rows in tables.items():
        schema = ", ".join(f"{column.name} {column.type}" for column in ALL[name].columns)
        context.lake.write(name, spark.createDataFrame(rows, schema), "seed")
    figures = EVALUATE_INTERESTS.run(context)
    assert figures["interests_validation.lift_5"] == pytest.approx(2.0)
    assert figures["interests.lift_5"] == 0.0
    assert context.lake.read("gold.interest_metrics").where("task = 'interests'").count() == 6
