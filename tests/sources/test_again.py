"""Files that are read again: a corrected mapping stands in place of the earlier reading, other contents beside it."""

import logging
import os

import pytest
import yaml

from interestlake.stages.ingest import INGEST

COLUMNS = {"user_id": "u", "item_id": "i", "value": "v", "timestamp": "at"}
SWAPPED = {"user_id": "i", "item_id": "u", "value": "v", "timestamp": "at"}
EVENTS = {"files": "e*.csv", "format": "csv", "columns": COLUMNS, "event_type": "rating"}
ITEMS = {"files": "items.csv", "format": "csv", "columns": {"item_id": "id", "title": "t"}}
ROWS = "u,i,v,at\na,7,1,1393580001\nb,8,2,1393580302\nc,7,bad,1393580303\n"


@pytest.fixture
def ingest(stage_context, tmp_path, caplog):
    """ingest(run_id, folder, events={...}, ...) -> (what the log says, the lake), the source called shop."""

    def run(run_id, *inputs, **sections):
        mapping = tmp_path / f"{run_id}.yml"
        mapping.write_text(yaml.safe_dump({"source": "shop", **sections}))
        context = stage_context(run_id=run_id, source="table", mapping=str(mapping), inputs=inputs)
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="interestlake"):
            INGEST.run(context)
        return caplog.text, context.lake

    return run


def events(lake):
    rows = lake.read("bronze.events").orderBy("file", "line", "item_id").collect()
    return [(row["file"], row["line"], row["item_id"], row["value"]) for row in rows]


def test_a_corrected_mapping_replaces_the_rows_of_the_same_file_and_line(write, ingest):
    folder = write("e.csv", ROWS)
    _, lake = ingest("wrong", folder, events={**EVENTS, "columns": SWAPPED})
    assert events(lake) == [("e.csv", 2, "a", 1.0), ("e.csv", 3, "b", 2.0)]
    told, _ = ingest("right", folder, events=EVENTS)
    assert events(lake) == [("e.csv", 2, "7", 1.0), ("e.csv", 3, "8", 2.0)]
    assert "1 file read before, unchanged: this reading stands in place of the earlier" in told


def test_other_times_make_no_second_event(write, ingest):
    folder = write("e.csv", ROWS)
    ingest("wrong", folder, events={**EVENTS, "time_unit": "millis"})
    _, lake = ingest("right", folder, events=EVENTS)
    assert len(events(lake)) == 2
    assert lake.read("bronze.events").selectExpr("min(year(event_ts))").first()[0] == 2014


def test_quarantine_is_of_the_last_reading(write, ingest):
    folder = write("e.csv", "u,i,v,at\n" + 'a,7,"1,5",1393580001\na,8,2,1393580302\n')
    _, lake = ingest("wrong", folder, events=EVENTS)
    assert lake.read("bronze.quarantine").count() == 1
    ingest("right", folder, events={**EVENTS, "decimal": ","})
    assert lake.read("bronze.quarantine").count() == 0 and len(events(lake)) == 2


@pytest.mark.commands
def test_the_catalogue_goes_with_the_whole_source_alone(write, ingest):
    write("items.csv", "id,code,t\n7,x7,one\n8,x8,two\n")
    folder = write("e.csv", ROWS)
    wrong = {**ITEMS, "columns": {"item_id": "code", "title": "t"}}
    _, lake = ingest("wrong", folder, events=EVENTS, items=wrong)

    def catalogue():
        return sorted(row["item_id"] for row in lake.read("bronze.items").collect())

    assert catalogue() == ["x7", "x8"]
    ingest("right", folder, events=EVENTS, items=ITEMS)
    assert catalogue() == ["7", "8"]
    write("e2.csv", "u,i,v,at\nd,9,1,1393580009\n")
    ingest("more", folder, events=EVENTS, items=ITEMS)
    os.unlink(f"{folder}/e2.csv")
    ingest("part", folder, events=EVENTS, items=wrong)
    assert catalogue() == ["7", "8", "x7", "x8"] and len(events(lake)) == 3


@pytest.mark.commands
def test_other_contents_under_the_same_name_are_kept_beside_and_told(write, ingest):
    folder = write("e.csv", ROWS)
    ingest("january", folder, events=EVENTS)
    write("e.csv", "u,i,v,at\na,9,1,1396258401\n")
    told, lake = ingest("february", folder, events=EVENTS)
    assert [row[2] for row in events(lake)] == ["7", "9", "8"]
    assert "warning: e.csv read before with other contents: the events of both are kept" in told


def test_the_same_again_changes_nothing(write, ingest):
    folder = write("e.csv", ROWS)
    _, lake = ingest("one", folder, events=EVENTS)
    before = events(lake)
    ingest("two", folder, events=EVENTS)
    assert events(lake) == before
    marks = {(row["file"], row["run_id"]) for row in lake.read("ops.files").collect()}
    assert marks == {("e.csv", "two")}


@pytest.mark.commands
def test_equal_files_of_another_source_are_told(write, ingest):
    folder = write("e.csv", ROWS)
    ingest("one", folder, events=EVENTS)
    told, lake = ingest("two", folder, events=EVENTS, source="store")
    assert "warning: e.csv (source shop) read before under another name: are they people of store, too?" in told
    assert len(events(lake)) == 4
