"""Profiles by hand, and which splits feed them."""

import math

import pytest

from interestlake.interests.profile import build_profiles

CARRIED = [("a", "tag:jazz", 1.0), ("b", "tag:jazz", 0.5), ("b", "tag:blues", 1.0), ("c", "category:Pop", 1.0)]
NAMES = [("tag:jazz", "tag", "jazz", 2), ("tag:blues", "tag", "blues", 1), ("category:Pop", "category", "Pop", 1)]
PAIRS = [("u", "a", 1.0, "train"), ("u", "b", 0.5, "train"), ("u", "c", 1.0, "test"), ("v", "c", 0.0, "train")]


@pytest.fixture
def profiles(spark):
    item_interests = spark.createDataFrame(CARRIED, "item_id string, interest_id string, weight double")
    vocabulary = spark.createDataFrame(NAMES, "interest_id string, kind string, name string, item_count int")
    pairs = spark.createDataFrame(PAIRS, "user_id string, item_id string, weight double, split string")

    def build(*splits):
        rows = pairs.transform(build_profiles(item_interests, vocabulary, splits)).collect()
        return {(row["user_id"], row["interest_id"]): row["weight"] for row in rows}

    return build


def test_weights_of_the_train_split(profiles):
    jazz, blues = 1.25 * math.log1p(3 / 2), 0.5 * math.log1p(3)
    assert profiles("train") == {("u", "tag:jazz"): 1.0, ("u", "tag:blues"): pytest.approx(blues / jazz)}


def test_other_splits_only_where_asked_for(profiles):
    assert profiles("test") == {("u", "category:Pop"): 1.0}
    assert set(profiles("train", "test")) == {("u", "tag:jazz"), ("u", "tag:blues"), ("u", "category:Pop")}
