"""What a person hears of a load, and inputs whose paths hold signs that other programs read in their own way."""

import logging

import pytest
import yaml

from interestlake.core.errors import BadInput
from interestlake.sources.remarks import swapped_names
from interestlake.stages.ingest import INGEST

COLUMNS = {"user_id": "u", "item_id": "i", "value": "v", "timestamp": "at"}
EVENTS = {"files": "e*.csv", "format": "csv", "columns": COLUMNS, "event_type": "rating"}
ITEMS = {"files": "items.csv", "format": "csv", "columns": {"item_id": "id", "title": "t"}}


@pytest.fixture
def ingest(stage_context, tmp_path, caplog):
    """ingest(folder, events={...}, ...) -> (figures, what the log says, the lake)."""

    def run(*inputs, **sections):
        mapping = tmp_path / "m.yml"
        mapping.write_text(yaml.safe_dump(sections))
        context = stage_context(source="table", mapping=str(mapping), inputs=inputs)
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="interestlake"):
            figures = INGEST.run(context)
        return figures, caplog.text, context.lake

    return run


def test_reasons_are_told_with_a_line_each(write, ingest):
    rows = ["u,i,v,at", *(f"a{n},1,{n},1393580000" for n in range(10)), *(f'b{n},1,"3,5",1393580000' for n in range(3)),
            ",1,1,1393580000", ",2,1,1393580000", "c,,1,1393580000", "c,1,-1,1393580000"]  # fmt: skip
    figures, told, _ = ingest(write("e.csv", "\n".join(rows)), events=EVENTS)
    assert figures == {"events": 10, "duplicates_dropped": 0, "quarantined": 7}
    assert "7 records in quarantine: see bronze.quarantine" in told
    assert "3 x value not a number: expected a number >= 0 (as in e.csv line 12)" in told
    assert "2 x missing user id: expected text (as in e.csv line 15)" in told
    assert "1 x missing item id: expected text (as in e.csv line 17)" in told
    assert "negative value" not in told and "..." in told and "warning" not in told


def test_seconds_taken_for_milliseconds_are_warned_of(write, ingest):
    folder = write("e.csv", "u,i,v,at\na,1,1,1393580001\na,2,1,1393580302\n")
    _, told, _ = ingest(folder, events={**EVENTS, "time_unit": "millis"})
    assert "warning: 2 of 2 events lie before 1970-03-01; times run from 1970-01-17 03:06:20 to 1970-01-17 " in told


@pytest.mark.parametrize(("ids", "warned"), [("7,one\n8,two\n", False), ("7.0,one\n8.0,two\n", True)])
def test_events_beside_the_catalogue_are_warned_of(write, ingest, ids, warned):
    write("items.csv", f"id,t\n{ids}")
    _, told, _ = ingest(write("e.csv", "u,i,v,at\na,7,1,1393580001\na,9,1,1393580302\n"), events=EVENTS, items=ITEMS)
    warning = "warning: no event is on an item of the catalogue: events have ids like '7', items like '7.0'"
    assert (warning in told) == warned


def test_people_who_are_items_of_the_catalogue_are_warned_of(write, ingest):
    write("items.csv", "id,t\n7,one\n8,two\n")
    swapped = {**COLUMNS, "user_id": "i", "item_id": "u"}
    folder = write("e.csv", "u,i,v,at\na,7,1,1393580001\nb,8,1,1393580302\nc,7,1,1393580303\n")
    _, told, _ = ingest(folder, events={**EVENTS, "columns": swapped}, items=ITEMS)
    assert "warning: 2 of 2 user ids looked at are items of the catalogue: are user_id and item_id swapped" in told


@pytest.mark.parametrize(("user", "item", "warned"), [
    ("product_id", "customer_id", True), ("customer_id", "product_id", False), ("u", "i", False),
    ("movieId", "userId", True), ("user_item", "item_user", False),
])  # fmt: skip
def test_columns_called_the_other_way_round_are_warned_of(user, item, warned):
    assert bool(swapped_names({"user_id": user, "item_id": item})) == warned


@pytest.mark.parametrize(("of_each", "warned"), [(1, True), (2, False)])
def test_one_event_a_person_is_warned_of(write, ingest, of_each, warned):
    rows = [f"order{n},{n % 7 + place},1,139358{n:04d}" for n in range(40) for place in range(of_each)]
    _, told, _ = ingest(write("e.csv", "\n".join(["u,i,v,at", *rows])), events=EVENTS)
    assert ("hardly anybody has two, and nothing is learned from one; is user_id the person" in told) == warned


def test_articles_bought_several_times_in_a_day_count(write, ingest):
    rows = ["t,c,a", *["2018-09-20,x,01"] * 3, *["2018-09-20,y,01"] * 2, "2018-09-21,x,01"]
    section = {"files": "e.csv", "format": "csv", "event_type": "purchase", "time_unit": "iso",
               "columns": {"user_id": "c", "item_id": "a", "timestamp": "t"}}  # fmt: skip
    figures, _, _ = ingest(write("e.csv", "\n".join(rows)), events=section)
    assert figures == {"events": 6, "duplicates_dropped": 0, "quarantined": 0}


ODD = (
    "hash#tag",
    "back\\slash",
    "100%",
    "per%20cent",
    "qu?estion",
    "co:lon",
    "[2024]",
    "{x}",
    "star*",
    "copy [1]",
    "ü ß",
)


def _file(name):
    return f"{name}/e {name.replace(':', '')}.csv"


def test_inputs_are_plain_paths_whatever_signs_they_hold(write, mapped, tmp_path, rows_of):
    section = {**EVENTS, "files": "*.csv"}
    for place, name in enumerate(ODD):
        write(_file(name), f"u,i,v,at\nuser{place},1,1,1393580001\n,1,1,1\n")
    every = mapped(str(tmp_path / "input"), events=section)
    names = [_file(name) for name in ODD]
    assert rows_of(every.events, "file", "user_id", "line") == sorted(
        ((name, f"user{place}", 2) for place, name in enumerate(names)), key=repr
    )
    assert {row.file for row in every.quarantine.collect()} == set(names)
    one = mapped(str(tmp_path / "input" / "star*" / "e star*.csv"), events=section)
    assert rows_of(one.events, "file", "user_id") == [("e star*.csv", "user8")]


def test_a_file_name_that_spark_cannot_open_is_one_message(write, mapped):
    with pytest.raises(BadInput, match=r"file co:lon\.csv: found ':' in its name; expected a name without"):
        mapped(write("co:lon.csv", "u,i,v,at\na,1,1,1\n"), events={**EVENTS, "files": "*.csv"})
