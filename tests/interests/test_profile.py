"""What an item says of a person by the interests it carries, by hand."""

import math

import pytest

from interestlake.interests.profile import with_rarity

CARRIED = [("a", "tag:jazz", 1.0), ("b", "tag:jazz", 0.5), ("b", "tag:blues", 1.0), ("c", "category:Pop", 1.0)]
NAMES = [("tag:jazz", "tag", "jazz", 2), ("tag:blues", "tag", "blues", 1), ("category:Pop", "category", "Pop", 1)]


def test_what_few_items_carry_says_more(spark):
    item_interests = spark.createDataFrame(CARRIED, "item_id string, interest_id string, weight double")
    vocabulary = spark.createDataFrame(NAMES, "interest_id string, kind string, name string, item_count int")
    rows = with_rarity(item_interests, vocabulary).collect()
    found = {(row["item_id"], row["interest_id"]): (row["kind"], row["carry"]) for row in rows}
    common, rare = math.log1p(3 / 2), math.log1p(3)  # carried by two of three items, by one
    assert found == {
        ("a", "tag:jazz"): ("tag", pytest.approx(common)), ("b", "tag:jazz"): ("tag", pytest.approx(common / 2)),
        ("b", "tag:blues"): ("tag", pytest.approx(rare)), ("c", "category:Pop"): ("category", pytest.approx(rare)),
    }  # fmt: skip
