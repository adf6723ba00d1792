from pathlib import Path

import pytest

from interestlake.core.errors import BadInput
from interestlake.sources.mapping import parse_mapping, read_mapping

EVENTS = {"files": "e.csv", "format": "csv", "columns": {"user_id": "u", "item_id": "i"}, "event_type": "view"}


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[2].glob("conf/mappings/*.yml")), ids=lambda path: path.name
)
def test_the_examples_are_valid(path):
    assert read_mapping(str(path)).events.columns["user_id"]


def test_every_fault_is_reported_at_once():
    with pytest.raises(BadInput) as caught:
        parse_mapping(
            {
                "events": {**EVENTS, "event_type": "glance", "time_unit": "days", "delimiter": "", "colour": 1},
                "items": {"files": [], "format": "xml", "columns": {"titel": "t"}},
                "people": {},
            },
            "m.yml",
        )
    message = str(caught.value)
    for part in (
        "m.yml: 9 faults", "people: unknown section", "events.colour: unknown name", "'glance'", "time_unit='days'",
        "delimiter=''", "items.files=[]", "items.format='xml'", "items.columns.titel",
        "items.columns.item_id: missing",
    ):  # fmt: skip
        assert part in message


@pytest.mark.parametrize(
    ("loaded", "message"),
    [
        (None, "a section 'events'"),
        ({"items": {}}, "a section 'events'"),
        ({"events": 3}, "events: found int"),
        (
            {"events": {**EVENTS, "columns": {"user_id": "u", "item_id": "i", "event_type": "t"}}},
            "either events.event_type",
        ),
        ({"events": {**EVENTS, "format": "ntriples"}}, "events.format='ntriples'"),
    ],
)
def test_faults(loaded, message):
    with pytest.raises(BadInput, match=message):
        parse_mapping(loaded, "m.yml")


def test_a_missing_or_unreadable_file(tmp_path):
    with pytest.raises(BadInput, match="conf/mappings"):
        read_mapping(None)
    with pytest.raises(BadInput, match="no file"):
        read_mapping(str(tmp_path / "none.yml"))
    (tmp_path / "bad.yml").write_text("events: [")
    with pytest.raises(BadInput, match="readable YAML"):
        read_mapping(str(tmp_path / "bad.yml"))


def test_words_stay_as_they_are_written(tmp_path):
    path = tmp_path / "m.yml"
    path.write_text(
        "events:\n  files: e.csv\n  format: csv\n  columns: {user_id: 01, item_id: no, event_type: null}\n"
        "  event_type_names: {yes: like, no: view, 03: play, true: purchase, 2024-01-01: tag}\n"
    )
    events = read_mapping(str(path)).events
    assert events.columns == {"user_id": "01", "item_id": "no", "event_type": "null"}
    assert list(events.event_type_names) == ["yes", "no", "03", "true", "2024-01-01"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("events: {a: 1, a: 2}", "'a' given twice"),
        ("events: *x", "readable YAML"),
        ("a: [" * 2000, "readable YAML"),
        ("events: &a [*a]", "readable YAML"),
        ("\x00", "readable YAML"),
        ("? [a]\n: b", "readable YAML"),
    ],
)
def test_a_file_that_is_no_mapping_is_one_message(tmp_path, text, message):
    (tmp_path / "m.yml").write_text(text)
    with pytest.raises(BadInput, match=message):
        read_mapping(str(tmp_path / "m.yml"))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"quote": "''"}, "events.quote"),
        ({"escape": ","}, "events.escape"),
        ({"encoding": "utf-16"}, "expected one like UTF-8"),
        ({"encoding": "klingon"}, "expected one like UTF-8"),
        ({"header": "none"}, "with `names"),
        ({"names": ["a"]}, "with `names"),
        ({"header": "none", "names": ["u", "u"]}, "distinct names"),
        ({"decimal": ";"}, "expected '.' or ','"),
        ({"format": "jsonl", "quote": "'"}, "events.quote: not of the format jsonl"),
    ],
)
def test_dialects_at_fault(more, message):
    with pytest.raises(BadInput, match=message):
        parse_mapping({"events": {**EVENTS, **more}}, "m.yml")
