"""What is one event and what is several: repeats, the same file twice, files in another order, what wins."""

import pytest

from interestlake.privacy.identity import Origin
from interestlake.sources.bronze import bronze_events, bronze_items
from interestlake.sources.contract import ITEM_COLUMNS, SCHEMAS

KEY, SHOP = b"tests-only-pseudonym-key", Origin("shop", "shop", "shop")
NOON, LATER, DAY = "2020-01-01 12:00:00", "2020-01-01 12:00:01", "2020-01-01"


@pytest.fixture
def bronze(spark):
    """bronze([(item, type, value, text, time)], file=...) or several lists by file -> sorted rows of bronze.events."""

    def make(**files):
        rows = [
            (file, line, "ann", item, kind, value, text, at)
            for file, records in files.items()
            for line, (item, kind, value, text, at) in enumerate(records, 1)
        ]
        schema = SCHEMAS["events"].replace("event_ts timestamp", "event_ts string")
        events = spark.createDataFrame(rows, schema)
        events = events.withColumn("event_ts", events["event_ts"].cast("timestamp")).repartition(3)
        return sorted(events.transform(bronze_events(SHOP, KEY)).collect(), key=lambda row: row.event_id)

    return make


def said(rows):
    return sorted(((row.item_id, row.event_type, row.value, row.text) for row in rows), key=str)


def ids(rows):
    return [(row.event_id, row.value, row.text) for row in rows]


PLAYS = [
    *[("1", "play", None, None, None)] * 3,
    *[("1", "view", None, None, DAY)] * 2,
    ("2", "purchase", 2.0, None, None),
]


def test_a_repeated_play_counts_as_often_as_it_happened(bronze):
    assert len(bronze(a=PLAYS)) == 6
    assert len(bronze(a=[("1", "play", None, None, NOON), ("1", "play", None, None, LATER)])) == 2
    assert len(bronze(a=[("1", "play", None, None, NOON)] * 2)) == 1  # one moment, one play
    for kind in ("rating", "like", "review", "tag"):
        assert len(bronze(a=[("1", kind, 3.0, "words", None)] * 2)) == 1


def test_the_same_event_in_two_files_or_two_loads_is_one(bronze):
    first = ids(bronze(a=PLAYS))
    assert ids(bronze(a=PLAYS, b=PLAYS[::-1])) == first == ids(bronze(another_load=PLAYS[::-1]))
    assert ids(bronze(a=PLAYS[:1], b=PLAYS[2:])) == ids(bronze(b=PLAYS[2:]))  # one play is among the others


def test_what_wins_does_not_depend_on_the_order_of_files(bronze):
    low, high = ("1", "rating", 2.0, None, NOON), ("1", "rating", 4.0, None, NOON)
    short, long = ("2", "review", 3.0, "Good", NOON), ("2", "review", 3.0, "Good and long", NOON)
    few, many = ("3", "play", 7.0, None, None), ("3", "play", 9.0, None, None)
    one = bronze(a=[low, long, few], b=[high, short, many])
    assert said(one) == [("1", "rating", 4.0, None), ("2", "review", 3.0, "Good and long"), ("3", "play", 9.0, None)]
    assert ids(one) == ids(bronze(b=[low, long, few], a=[high, short, many]))
    assert ids(one) != ids(bronze(a=[few, many]))
    assert ids(bronze(a=[few, many])) == ids(bronze(a=[many, few]))


def test_the_fullest_record_of_an_item_stays_whatever_its_file(spark):
    bare = ("1", "A lamp", None, [], {}, None)
    full = ("1", "Lamp", "It shines.", ["Home"], {"brand": "Acme"}, None)
    longer = ("2", "Lamp stand", None, [], {}, None)
    for order in ([bare, full], [full, bare]):
        rows = [(file, 1, *item) for file, item in zip("ab", order, strict=True)]
        rows += [("c", 1, "2", "Lamp", *longer[2:]), ("d", 1, *longer)]
        found = spark.createDataFrame(rows, f"file string, line bigint, {ITEM_COLUMNS}").transform(bronze_items(SHOP))
        assert sorted((row.item_id, row.title) for row in found.collect()) == [("1", "Lamp"), ("2", "Lamp stand")]
