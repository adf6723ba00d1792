import random

from interestlake.interactions.index import keep_index


def ids(spark, names, parts=3):
    return spark.createDataFrame([(name,) for name in names], "item_id string").repartition(parts)


def numbers(frame):
    return {row.item_id: row.item_index for row in frame.collect()}


def test_new_ids_are_numbered_in_id_order_over_partitions(spark):
    names = [f"{n:x}" for n in random.Random(1).sample(range(10**6), 500)]
    expected = {name: place for place, name in enumerate(sorted(names))}
    for parts in (1, 5):
        assert numbers(keep_index(ids(spark, names, parts), None, "item_id", "item_index")) == expected


def test_numbers_stay_and_new_ids_follow(spark):
    existing = spark.createDataFrame([("m", 0), ("b", 1), ("gone", 4)], "item_id string, item_index int")
    found = keep_index(ids(spark, ["z", "a", "b", "m"]), existing, "item_id", "item_index")
    assert numbers(found) == {"m": 0, "b": 1, "gone": 4, "a": 5, "z": 6}
    assert dict(found.dtypes) == {"item_id": "string", "item_index": "int"}


def test_nothing_new_and_nothing_yet(spark):
    one = spark.createDataFrame([("a", 0)], "item_id string, item_index int")
    assert numbers(keep_index(ids(spark, ["a"]), one, "item_id", "item_index")) == {"a": 0}
    assert numbers(keep_index(ids(spark, ["b"]), one, "item_id", "item_index")) == {"a": 0, "b": 1}
    assert numbers(keep_index(ids(spark, ["b"]), one.limit(0), "item_id", "item_index")) == {"b": 0}
