"""Feedback files: what is read, what stops the command, and with which words."""

import datetime as dt
import hashlib
import hmac

import pytest

from interestlake.core.errors import BadInput
from interestlake.privacy.identity import Origin
from interestlake.sources.feedback import read_feedback

KEY = b"tests-only-pseudonym-key"
SHOP, FILMS = Origin("shop", "club", "shop"), Origin("films", "films", "films", "films:")


def pseudonym(user, people="club"):
    return hmac.new(KEY, f"{people}\x1f{user}".encode(), hashlib.sha256).hexdigest()[:32]


def read(spark, folder, name="f.csv", sources=(SHOP,)):
    rows, lines = read_feedback(spark, f"{folder}/{name}", [(origin, KEY) for origin in sources])
    found = [tuple(row) for row in rows.orderBy("line").select("user_id", "item_id", "weight", "event_ts").collect()]
    lines.unpersist()
    return found


def test_rows_with_weight_and_time_as_in_the_source(spark, write):
    lines = ["user_id,note,item_id,weight,timestamp", 'ann,x," i1 ",1,0', "", 'bob,"a, b",i2,0,2020-01-02']
    folder = write("f.csv.gz", "\n".join(lines))
    assert read(spark, folder, "f.csv.gz") == [
        (pseudonym("ann"), "i1", 1.0, dt.datetime(1970, 1, 1)),
        (pseudonym("bob"), "i2", 0.0, dt.datetime(2020, 1, 2)),
    ]


def test_without_weight_everything_is_liked(spark, write):
    assert read(spark, write("f.csv", "item_id,user_id\r\ni1,ann\r\n")) == [(pseudonym("ann"), "i1", 1.0, None)]


def test_two_sources_are_told_apart_by_a_column(spark, write):
    folder = write("f.csv", "user_id,item_id,source\nann,1,shop\nann,1,films\n")
    both = (SHOP, FILMS)
    assert read(spark, folder, sources=both) == [
        (pseudonym("ann"), "1", 1.0, None), (pseudonym("ann", "films"), "films:1", 1.0, None)]  # fmt: skip
    assert read(spark, folder, sources=(SHOP, Origin("second", "club", "shop"))) == 2 * [
        (pseudonym("ann"), "1", 1.0, None)]  # fmt: skip
    with pytest.raises(BadInput, match="line 2: unknown source; expected one of shop, films"):
        read(spark, write("f.csv", "user_id,item_id,source\nann,1,other\n"), sources=both)
    with pytest.raises(BadInput, match="ids of shop, films that nothing tells apart; expected a column source"):
        read(spark, write("f.csv", "user_id,item_id\nann,1\n"), sources=both)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "found columns none; expected a column user_id, item_id; set it in --feedback"),
        ("user_id,weight\nann,1\n", "found columns user_id, weight; expected a column item_id"),
        ("user_id,item_id,item_id\nann,1,2\n", "found 2 columns item_id"),
        ("user_id,item_id,weight\n", "found a header and no row; expected at least one row; set it in --feedback"),
        ("user_id,item_id,weight\nann,1,1\nann,2,-1\n", "found line 3: negative weight; expected a number >= 0"),
        ("user_id,item_id,weight\nann,1,much\nann,2,-1\n", r"line 2: weight not a number \(the first of 2 such rows\)"),
        ("user_id,item_id\n,1\n", "line 2: missing user_id; expected text"),
        ("user_id,item_id\nann\n", "line 2: broken CSV; expected 2 fields"),
        ("user_id,item_id,timestamp\nann,1,soon\n", "line 2: timestamp not readable; expected unix seconds or an ISO"),
    ],
)
def test_what_stops_it(spark, write, content, message):
    with pytest.raises(BadInput, match=message):
        read(spark, write("f.csv", content))


def test_a_missing_file(spark, tmp_path):
    with pytest.raises(BadInput, match="found no file there; expected a CSV file; set it in --feedback"):
        read(spark, tmp_path)
