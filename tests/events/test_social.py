from interestlake.core.schemas.all import ALL
from interestlake.interactions.social import distinct_facts, mutual_friends, with_changed


def test_friends_are_mutual_known_and_never_oneself(spark):
    links = [("a", "b"), ("b", "a"), ("a", "c"), ("a", "a"), ("a", "stranger"), ("stranger", "b")]
    friends = spark.createDataFrame(links, "user_id string, friend_id string")
    known = spark.createDataFrame([("a", 0), ("b", 1), ("c", 2)], "user_id string, user_index int")
    found = friends.transform(mutual_friends(known))
    assert found.columns == ["user_id", "friend_id"]
    assert sorted(map(tuple, found.collect())) == [("a", "b"), ("a", "c"), ("b", "a"), ("c", "a")]


def test_facts_are_trimmed_and_distinct(spark):
    rows = [("s", "p", "o", "2", "b"), (" s", "p", "o ", "1", "a"), ("s", "p", " ", "1", "a")]
    rows.append(("s", "q", "o", None, "a"))
    columns = "subject string, predicate string, object string, subject_item_id string, source string"
    found = spark.createDataFrame(rows, columns).transform(distinct_facts())
    assert found.columns == list(ALL["silver.facts"].column_names)
    assert sorted(map(tuple, found.collect())) == [
        ("s", "p", "o", "1", None, "a", 1.0, None, None),
        ("s", "q", "o", None, None, "a", 1.0, None, None),
    ]


def test_facts_that_a_delta_changed_stay_as_they_are(spark):
    key = "subject string, predicate string, object string, confidence double"
    rows = [("s", "p", "told", 1.0), ("s", "p", "put", 1.0), ("s", "p", "deleted", 1.0)]
    there = [("s", "p", "put", 0.5), ("s", "p", "loaded", 0.9), ("s", "p", "vanished", 1.0)]
    changes = [("r1", "s", "p", o, "put") for o in ("put", "loaded")] + [("r2", "s", "p", "deleted", "delete")]
    columns = "run_id string, subject string, predicate string, object string, change string"
    changes = spark.createDataFrame(changes, columns)
    transform = with_changed(changes, spark.createDataFrame(there, key))
    found = spark.createDataFrame(rows, key).transform(transform).collect()
    assert sorted((row.object, row.confidence) for row in found) == [("loaded", 0.9), ("put", 0.5), ("told", 1.0)]
