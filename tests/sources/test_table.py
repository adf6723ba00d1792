import datetime as dt
import json

import pytest

from interestlake.core.errors import BadInput
from interestlake.sources import load_source
from interestlake.sources.settle import JUDGEMENT

COLUMNS = {"user_id": "u", "item_id": "i", "value": "v", "text": "t", "timestamp": "at"}
ROWS = [
    ("ann", "1", "4.5", 'said "fine", twice', 1_445_714_994),
    ("bob", "2", "3", "Zoë; ok", 0),
    ("ann", "2", "0", "", 4_102_444_799),
]
EXPECTED = sorted(
    (
        (u, i, "review", float(v), t or None, dt.datetime.fromtimestamp(at, dt.UTC).replace(tzinfo=None))
        for u, i, v, t, at in ROWS
    ),
    key=repr,
)
EVENT_COLUMNS = ("user_id", "item_id", "event_type", "value", "text", "event_ts")


def events(form, **more):
    return {"files": f"e.{form}", "format": form, "columns": COLUMNS, "event_type": "review", **more}


def test_csv(write, mapped, rows_of):
    def cell(value):
        text = str(value).replace('"', '""')
        return f'"{text}"'

    lines = ["u,i,v,t,at,extra"] + [",".join(map(cell, (*row, "x"))) for row in ROWS]
    loaded = mapped(write("e.csv.gz", "\r\n".join(lines)), events=events("csv"))
    assert rows_of(loaded.events, *EVENT_COLUMNS) == EXPECTED
    assert rows_of(loaded.events, "file", "line") == [("e.csv.gz", n) for n in (2, 3, 4)]
    assert loaded.items.count() == loaded.friends.count() == loaded.facts.count() == loaded.bad_count == 0


def test_json_lines_with_milliseconds(write, mapped, rows_of):
    lines = [json.dumps({"u": u, "i": i, "v": float(v), "t": t, "at": at * 1000}) for u, i, v, t, at in ROWS]
    loaded = mapped(write("e.jsonl", "\n".join(lines)), events=events("jsonl", time_unit="millis"))
    assert rows_of(loaded.events, *EVENT_COLUMNS) == EXPECTED


def test_parquet_with_timestamps(spark, tmp_path, mapped, rows_of):
    schema = "u string, i string, v string, t string, at bigint"
    rows = spark.createDataFrame(ROWS, schema).selectExpr(
        "u", "int(i) i", "double(v) v", "t", "timestamp_seconds(at) at"
    )
    rows.coalesce(1).write.parquet(str(tmp_path / "input"))
    loaded = mapped(str(tmp_path / "input"), events=events("parquet", files="*.parquet", time_unit="iso"))
    assert rows_of(loaded.events, *EVENT_COLUMNS) == EXPECTED
    assert sorted(row.line for row in loaded.events.collect()) == [1, 2, 3]


def test_a_file_that_is_no_parquet(write, mapped):
    with pytest.raises(BadInput, match="expected Parquet files"):
        mapped(write("e.parquet", "u,i\na,1\n"), events=events("parquet"))


def test_every_broken_rule_is_quarantined_with_its_line(write, mapped, rows_of):
    good = {"u": "ann", "i": "1", "v": 3, "t": "x", "at": "2015-03-01T10:00:00Z"}
    bad = [
        ({**good, "u": None}, "missing user id"),
        ({**good, "i": "  "}, "missing item id"),
        ({**good, "v": "three"}, "value not a number"),
        ({**good, "v": "NaN"}, "value not a number"),
        ({**good, "v": "Infinity"}, "value not a number"),
        ({**good, "v": "1e400"}, "value not a number"),
        ({**good, "v": -0.5}, "negative value"),
        ({**good, "at": "yesterday"}, "timestamp not readable"),
        ({**good, "at": "2015-13-40"}, "timestamp not readable"),
        ({**good, "at": "1969-12-31T23:59:59Z"}, "timestamp out of range"),
        ({**good, "at": "2100-01-01"}, "timestamp out of range"),
        ({**good, "at": None}, "missing timestamp"),
    ]
    raw = [("[1, 2]", "broken JSON"), ('"text"', "broken JSON"), ('{"u": "ann", "i"', "broken JSON")]
    lines = [json.dumps(record) for record, _ in bad] + [line for line, _ in raw] + [json.dumps(good)] * 20
    loaded = mapped(write("e.jsonl", "\n".join(lines) + "\n\n"), events=events("jsonl", time_unit="iso"))
    found = {row.line: row.reason.split(":")[0] for row in loaded.quarantine.collect()}
    assert found == {line: reason for line, (_, reason) in enumerate(bad + raw, 1)}
    assert {row.file for row in loaded.quarantine.collect()} == {"e.jsonl"}
    assert (loaded.event_count, loaded.bad_count) == (20, 15)


@pytest.mark.parametrize(
    ("at", "reason"), [("12.5.2015", "not readable"), (-1, "out of range"), (4_102_444_800, "out of range")]
)
def test_unix_seconds_outside_the_calendar(write, mapped, at, reason):
    good = json.dumps({"u": "a", "i": "1", "at": 5})
    loaded = mapped(write("e.jsonl", f"{good}\n{json.dumps({'u': 'a', 'i': '1', 'at': at})}"), events=events("jsonl"))
    assert [row.reason.split(":")[0] for row in loaded.quarantine.collect()] == [f"timestamp {reason}"]


def test_csv_rows_with_another_number_of_fields(write, mapped):
    folder = write("e.csv", "u,i\na,1\nb\nc,1,2\nd,1\n")
    loaded = mapped(folder, events={**events("csv"), "columns": {"user_id": "u", "item_id": "i"}, "event_type": "view"})
    assert [(row.line, row.reason) for row in loaded.quarantine.orderBy("line").collect()] == [
        (3, "broken CSV: expected 2 fields"),
        (4, "broken CSV: expected 2 fields"),
    ]


def test_event_types_by_column_and_by_another_name(write, mapped, rows_of):
    folder = write("e.csv", "u;i;what\na;1;CLICK\na;2;Purchase\na;3;dance\n")
    columns = {"user_id": "u", "item_id": "i", "event_type": "what"}
    section = {
        "files": "e.csv",
        "format": "csv",
        "delimiter": ";",
        "columns": columns,
        "event_type_names": {"CLICK": "view"},
    }
    loaded = mapped(folder, events=section)
    assert rows_of(loaded.events, "item_id", "event_type") == [("1", "view"), ("2", "purchase")]
    assert loaded.quarantine.first().reason.startswith("unknown event type")


def test_items_friends_and_facts(write, mapped, rows_of):
    write("e.csv", "u,i\na,1\n")
    write("i.csv", "id,name,shelf,brand\n1,Lamp,Home>Light>Home, Acme \n2,,,\n,none,,\n")
    write("f.csv", "a,b\nann,bob\nann,\n")
    folder = write(
        "k.nt",
        "# a comment\n"
        '<http://x/sku/1> <http://x/label> "A \\"lamp\\"\\u00e9"@en .\n'
        "<http://x/sku/1> <http://x/made_by> <http://y/acme> . # why not\n"
        "_:b1 <http://x/knows> _:b2 .\n"
        "<http://x/sku/1> <http://x/label> .\n",
    )
    loaded = mapped(
        folder,
        events={"files": "e.csv", "format": "csv", "columns": {"user_id": "u", "item_id": "i"}, "event_type": "like"},
        items={
            "files": "i.csv", "format": "csv", "columns": {"item_id": "id", "title": "name", "categories": "shelf"},
            "categories_separator": ">", "attributes": ["brand"],
        },
        friends={"files": "f.csv", "format": "csv", "columns": {"user_id": "a", "friend_id": "b"}},
        facts={"files": "*.nt", "format": "ntriples", "base": "http://x/", "item_prefix": "sku/"},
    )  # fmt: skip
    items = {row.item_id: (row.title, row.categories, row.attributes) for row in loaded.items.collect()}
    assert items == {"1": ("Lamp", ["Home", "Light"], {"brand": "Acme"}), "2": (None, [], {})}
    assert rows_of(loaded.friends, "user_id", "friend_id") == [("ann", "bob")]
    assert rows_of(loaded.facts, "subject", "predicate", "object", "subject_item_id") == [
        ("_:b1", "knows", "_:b2", None),
        ("sku/1", "label", 'A "lamp"é', "1"),
        ("sku/1", "made_by", "http://y/acme", "1"),
    ]
    assert rows_of(loaded.quarantine, "file", "line", "reason") == [
        ("f.csv", 3, "missing friend id: expected text"),
        ("i.csv", 4, "missing item id: expected text"),
        ("k.nt", 5, "broken triple: expected <subject> <predicate> <object> ."),
    ]


@pytest.mark.parametrize(
    ("content", "section", "message"),
    [
        ("user,i\na,1\n", {}, r"file e\.csv: found columns user, i; expected a column u; set it in --mapping"),
        ("", {}, "found columns none"),
        ("u,i\n", {}, "events: found no usable record"),
        ("u,i\n,\n,\n", {}, r"2 of 2 records unusable, 2 for 'missing user id"),
        ("u,i\na,1\n", {"files": "other.csv"}, r"found e\.csv; expected other\.csv"),
        ("u,i\n".encode("utf-16"), {}, r"file e\.csv: found bytes that are no UTF-8"),
    ],
)
def test_input_that_cannot_be_used_is_one_message(write, mapped, content, section, message):
    base = {"files": "e.csv", "format": "csv", "columns": {"user_id": "u", "item_id": "i"}, "event_type": "view"}
    with pytest.raises(BadInput, match=message):
        mapped(write("e.csv", content), events={**base, **section})


def test_files_of_one_group_must_share_their_header(write, mapped):
    write("a.csv", "u,i\na,1\n")
    section = {"files": "*.csv", "format": "csv", "columns": {"user_id": "u", "item_id": "i"}, "event_type": "view"}
    with pytest.raises(BadInput, match=r"file b\.csv: found another first line; expected the header 'u,i'"):
        mapped(write("b.csv", "i,u\n1,a\n"), events=section)


def test_an_unknown_source_lists_the_known_ones(request_for):
    with pytest.raises(BadInput, match="movielens, amazon-reviews, lastfm, yelp, .*, book-crossing, table, sample"):
        load_source("netflix", request_for())
    with pytest.raises(BadInput, match="source: found none"):
        load_source(None, request_for())


def test_of_a_line_only_what_a_record_needs_is_kept_and_on_disk_where_memory_ends(write, mapped):
    lines = ["u,i,v,t,at,extra"] + [",".join(map(str, (*row[:3], "text", row[4], "unused" * 99))) for row in ROWS]
    loaded = mapped(write("e.csv", "\n".join(lines)), events=events("csv"))
    (kept,) = loaded.held
    assert set(kept.columns) <= {*JUDGEMENT, *loaded.events.columns}
    assert not {"fields", "extra"} & set(kept.columns)  # the line as given, and what its columns were
    assert kept.storageLevel.useDisk and kept.storageLevel.replication == 1
