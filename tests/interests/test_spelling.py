"""Spellings, cases and plurals of one thing are one node; different things stay apart."""

import pytest

from interestlake.interests.spelling import merge_spellings, spelling_key

SAME = [("Sci-Fi", "sci fi", "SciFi"), ("dogs", "Dog", "dog's"), ("R&B", "r and b"), ("Café", "cafe"),
        ("guitar_pedals", "Guitar Pedal"), ("feel-good", "feel good")]  # fmt: skip
APART = [("C++", "C#", "C"), ("new york", "new yorker"), ("jazz", "jazz rock"), ("music", "musical")]


@pytest.mark.parametrize("names", SAME)
def test_one_thing_has_one_key(names):
    assert len({spelling_key(name) for name in names}) == 1


@pytest.mark.parametrize("names", APART)
def test_other_things_have_others(names):
    assert len({spelling_key(name) for name in names}) == len(names)


def test_candidates_come_together_under_the_first_kind_and_the_commonest_spelling(spark):
    rows = [
        ("a", "category", "Sci-Fi", 1.0), ("b", "tag", "sci fi", 3.0), ("a", "tag", "scifi", 2.0),
        ("c", "keyword", "sci fi", 0.7),
        ("a", "tag", "robots", 2.0), ("b", "tag", "robots", 1.0), ("a", "tag", "robot", 4.0),
        ("c", "keyword", "robots", 0.5), ("a", "topic", "3", 0.4),
    ]  # fmt: skip
    candidates = spark.createDataFrame(rows, "item_id string, kind string, name string, score double")
    assert {tuple(row) for row in candidates.transform(merge_spellings).collect()} == {
        ("a", "category", "Sci-Fi", 1.0), ("b", "category", "Sci-Fi", 1.0),
        ("a", "tag", "robots", 6.0), ("b", "tag", "robots", 1.0), ("a", "topic", "3", 0.4),
    }  # fmt: skip
