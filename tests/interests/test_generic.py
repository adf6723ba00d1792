"""Generic words never become interests; what names something does."""

import pytest

from interestlake.core.params.pipeline import Interests
from interestlake.interests.generic import is_generic, without_generic
from interestlake.interests.ignored import without_ignored


@pytest.mark.parametrize("name", "man life one two get men taking found new 1 ii guy story movies seen live".split()
                         + ["new life", "two men", "seen live", "la", "a", "favourites", "best of"])  # fmt: skip
def test_what_says_nothing(name):
    assert is_generic(name)


@pytest.mark.parametrize("name", ["new york", "vampire", "christmas", "time travel", "jazz", "guitar amp", "old west",
                                  "heavy metal", "mouse", "80s", "K-Pop"])  # fmt: skip
def test_what_names_something(name):
    assert not is_generic(name)


def test_candidates_without_them_and_without_words_that_many_items_carry(spark):
    rows = [(f"i{n}", "keyword", "town") for n in range(10)] + [(f"i{n}", "keyword", "old town") for n in range(10)]
    rows += [(f"i{n}", "keyword", "ukulele") for n in range(3)]
    rows += [("i0", "tag", "bad"), ("i0", "tag", "town"), ("i0", "category", "New"), ("i0", "topic", "1")]
    candidates = spark.createDataFrame(
        [(*row, 1.0) for row in rows], "item_id string, kind string, name string, score double"
    )
    kept = candidates.transform(without_generic(0.4)).select("kind", "name").distinct().collect()
    expected = {("keyword", "old town"), ("keyword", "ukulele"), ("tag", "town"), ("category", "New"), ("topic", "1")}
    assert {tuple(row) for row in kept} == expected


def test_a_format_and_what_is_not_known_are_no_interest_of_any_kind(spark):
    rows = [("a", "category", "IMAX"), ("a", "tag", "imax"), ("b", "category", "(no genres listed)"),
            ("b", "category", "Unknown"), ("b", "tag", "unknown soldier"), ("a", "category", "Drama"),
            ("a", "keyword", "imax"), ("a", "topic", "1"), ("a", "category", None)]  # fmt: skip
    candidates = spark.createDataFrame(
        [(*row, 1.0) for row in rows], "item_id string, kind string, name string, score double"
    )

    def left(ignore):
        return {row["name"] for row in candidates.transform(without_ignored(ignore)).collect()}

    assert left(Interests().ignore) == {"Drama", "unknown soldier", "1", None}
    assert left(()) == {row[2] for row in rows} and "Drama" not in left(("drama",))
