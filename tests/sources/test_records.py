"""Quoted line breaks, dialects and encodings: what one record is, planted and beside Python's csv."""

import csv
import io
import random

import pytest

from interestlake.core.errors import BadInput
from interestlake.sources.dialect import Dialect
from interestlake.sources.records import NEVER_CLOSED, glued

REVIEWS = {"files": "*.csv", "format": "csv", "columns": {"user_id": "u", "item_id": "i", "text": "t"},
           "event_type": "review"}  # fmt: skip


def lines_of(text):
    return [("a", 0, place, line, None) for place, line in enumerate(text.split("\n"))]


@pytest.mark.parametrize("seed", range(20))
def test_records_are_those_of_pythons_csv(seed):
    rng = random.Random(seed)
    rows = [["".join(rng.choice("ab,\"\n '") for _ in range(rng.randrange(6))) for _ in range(3)] for _ in range(40)]
    rows = [row if any(row) else ["x", *row[1:]] for row in rows]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    lines = lines_of(written.getvalue().removesuffix("\n"))
    records = list(glued(lines, Dialect(), 3))
    assert [record[2] for record in records] == list(range(len(lines)))
    whole = [text for _, _, _, text, fault in records if text and not fault]
    assert [next(csv.reader(io.StringIO(text))) for text in whole] == rows


def test_a_stray_quote_costs_its_own_line_alone():
    lines = lines_of('a,1,"stray\nb,2,fine\nc,3,"two\nlines"\nd,4,"never')
    records = list(glued(lines, Dialect(), 3))
    assert [(text, fault) for _, _, _, text, fault in records] == [
        ('a,1,"stray', NEVER_CLOSED), ("b,2,fine", None), ('c,3,"two\nlines"', None), ("", None),
        ('d,4,"never', NEVER_CLOSED),
    ]  # fmt: skip


def test_line_breaks_inside_quotes_are_one_field_and_lines_keep_their_numbers(write, mapped, rows_of):
    write("b.csv", "u,i,t\nbea,3,plain\n")
    folder = write("a.csv", 'u,i,t\nann,1,"It starts well,\r\n\r\nbut ""oh"" my"\nbob,2,"fine"\ncy,3,"open\ndi,x\n')
    loaded = mapped(folder, events=REVIEWS)
    assert rows_of(loaded.events, "user_id", "line", "text") == [
        ("ann", 2, 'It starts well,\n\nbut "oh" my'), ("bea", 2, "plain"), ("bob", 5, "fine"),
    ]  # fmt: skip
    assert rows_of(loaded.quarantine, "line", "reason") == [(6, NEVER_CLOSED), (7, "broken CSV: expected 3 fields")]


def test_a_line_break_in_the_header(write, mapped, rows_of):
    loaded = mapped(write("a.csv", 'u,i,"t\nof"\nann,1,x\n'),
                    events={**REVIEWS, "columns": {**REVIEWS["columns"], "text": "t\nof"}})  # fmt: skip
    assert rows_of(loaded.events, "user_id", "line", "text") == [("ann", 3, "x")]


def test_columns_are_found_by_position(write, mapped, rows_of):
    folder = write("a.csv", "u,i,t,T,`n`,n,n,a b.c\nann,1,low,HIGH,tick,one,two,dotted\n")
    for name, text in (("t", "low"), ("T", "HIGH"), ("`n`", "tick"), ("a b.c", "dotted")):
        loaded = mapped(folder, events={**REVIEWS, "columns": {**REVIEWS["columns"], "text": name}})
        assert rows_of(loaded.events, "text") == [(text,)]
    with pytest.raises(BadInput, match=r"file a\.csv: found 2 columns n; expected one of that name"):
        mapped(folder, events={**REVIEWS, "columns": {**REVIEWS["columns"], "text": "n"}})


def test_json_names_that_differ_by_case_or_hold_a_backtick(write, mapped, rows_of):
    section = {**REVIEWS, "files": "*.jsonl", "format": "jsonl"}
    folder = write("a.jsonl", '{"u": "ann", "i": "1", "t": "low", "T": "HIGH", "`n`": "tick"}\n')
    for name, text in (("t", "low"), ("T", "HIGH"), ("`n`", "tick")):
        loaded = mapped(folder, events={**section, "columns": {**section["columns"], "text": name}})
        assert rows_of(loaded.events, "text") == [(text,)]


def test_two_objects_on_a_line_are_not_half_read(write, mapped, rows_of):
    one, two = '{"u": "ann", "i": "1"}', '{"u": "bob", "i": "2"}'
    text = "\n".join([one, one + two, f"{one} {two}", f"{one},{two}", f"{one}]", f"{one} x", f"[{one}]", two])
    section = {**REVIEWS, "files": "*.jsonl", "format": "jsonl", "event_type": "view"}
    loaded = mapped(write("a.jsonl", text), request={"max_quarantine_share": 1.0}, events=section)
    assert rows_of(loaded.events, "user_id", "line") == [("ann", 1), ("bob", 8)]
    reason = "broken JSON: expected one JSON object per line"
    assert rows_of(loaded.quarantine, "line", "reason") == [(line, reason) for line in range(2, 8)]


def test_encodings_and_escapes(write, mapped, rows_of):
    text = '"u";"i";"t"\n"ann";"1";"Café; \\"noir\\""\n"bob";"2";"C:\\\\x"\n"cy";"3";"two\nlines \\""\n'
    section = {**REVIEWS, "delimiter": ";", "escape": "\\", "encoding": "latin-1"}
    loaded = mapped(write("a.csv", text.encode("latin-1")), events=section)
    assert rows_of(loaded.events, "user_id", "text") == [
        ("ann", 'Café; "noir"'), ("bob", "C:\\x"), ("cy", 'two\nlines "'),
    ]  # fmt: skip
    loaded = mapped(write("a.csv", "u;i;t\nann;1;“œuvre”\n".encode("cp1252")),
                    events={**section, "encoding": "cp1252"})  # fmt: skip
    assert rows_of(loaded.events, "text") == [("“œuvre”",)]


def test_several_characters_no_header_and_no_quotes(write, mapped, rows_of):
    section = {**REVIEWS, "files": "*.dat", "delimiter": "::", "quote": "", "header": "none",
               "names": ["u", "i", "t", "at"]}  # fmt: skip
    folder = write("a.dat", 'ann::1::12" disc: "x::5\nbob::2::"::6\ncy::3\n')
    loaded = mapped(folder, events=section)
    assert rows_of(loaded.events, "user_id", "line", "text") == [("ann", 1, '12" disc: "x'), ("bob", 2, '"')]
    assert rows_of(loaded.quarantine, "line", "reason") == [(3, "broken CSV: expected 4 fields")]


def test_a_decimal_comma(write, mapped, rows_of):
    columns = {"user_id": "u", "item_id": "i", "value": "v"}
    section = {**REVIEWS, "columns": columns, "event_type": "rating", "decimal": ","}
    loaded = mapped(write("a.csv", 'u,i,v\na,1,"3,5"\na,2,4\na,3,1.5\na,4,"1.234,5"\n'), events=section)
    assert rows_of(loaded.events, "item_id", "value") == [("1", 3.5), ("2", 4.0)]
    assert rows_of(loaded.quarantine, "line") == [(4,), (5,)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "u,i,t\rann,1,x\r", "found lines that end in CR alone; expected LF or CRLF"),
        ("a.csv.zip", b"PK\x03\x04", "found an archive; expected plain files or .gz ones"),
        ("a.csv", "u,i,t\nann,1,é\n".encode("latin-1") * 2, "for 'not UTF-8"),
        ("a.csv.gz", b"", "no usable record|found columns none"),
    ],
)
def test_files_that_cannot_be_read_are_one_message(write, mapped, name, content, message):
    with pytest.raises(BadInput, match=message):
        mapped(write(name, content), events={**REVIEWS, "files": ["*.csv", "*.zip"]})
