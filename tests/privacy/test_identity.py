"""Two sources in one lake: whose ids they are, and the key that made the pseudonyms."""

import os

import pytest

from interestlake.core.errors import BadInput
from interestlake.privacy.identity import Origin, keyed_origins, origins, place_origin
from interestlake.privacy.keys import KEY_VARIABLE, SAMPLE_KEY, key_mark, pseudonym
from interestlake.privacy.names import keys_at_hand, readings
from interestlake.privacy.person import find_person
from interestlake.stages.ingest import INGEST
from interestlake.stages.prepare import PREPARE

KEY = os.environ[KEY_VARIABLE].encode()
EVENTS = "events: {files: e.csv, format: csv, event_type: like, columns: {user_id: u, item_id: i}}\n"
FACTS = (
    "facts: {files: k.csv, format: csv, columns: {subject: s, predicate: p, object: o, subject_item_id: n}}\n"
    "items: {files: n.csv, format: csv, columns: {item_id: i, title: t}}\n"
)


@pytest.fixture
def load(stage_context, tmp_path):
    """load("shop-a", "123,5 9,6", "identity: club", k="...") -> the context after ingest of one mapped source."""

    def run(name, likes, more="", run_id=None, **files):
        folder, mapping = tmp_path / f"{name} files", tmp_path / f"{name}.yml"
        folder.mkdir(exist_ok=True)
        (folder / "e.csv").write_text("\n".join(["u,i", *likes.split()]) + "\n")
        for file, text in files.items():
            (folder / f"{file}.csv").write_text(text)
        mapping.write_text(EVENTS + more)
        source = {"source": "table", "inputs": (str(folder),), "mapping": str(mapping)}
        context = stage_context(run_id=run_id or f"load {name}", **source)
        INGEST.run(context)
        return context

    return run


def pairs(context):
    return sorted(map(tuple, context.lake.read("silver.interactions").select("user_id", "item_id").collect()))


def test_one_id_of_two_shops_is_two_people_and_two_items(load):
    load("shop-a", "123,5 123,6")
    context = load("shop-b", "123,5")
    load("shop-a", "123,5 123,6", run_id="again")  # the first catalogue keeps its ids
    PREPARE.run(context)
    assert pairs(context) == sorted([
        (pseudonym("shop-a", "123", KEY), "5"), (pseudonym("shop-a", "123", KEY), "6"),
        (pseudonym("shop-b", "123", KEY), "shop-b:5"),
    ])  # fmt: skip
    assert {row.source for row in context.lake.read("bronze.events").collect()} == {"shop-a", "shop-b"}
    with pytest.raises(BadInput, match="2 people: shop-a:123 .*, shop-b:123 .*; expected one of them, as SOURCE:ID"):
        find_person(context.lake, "123", "no file")
    for shop in ("shop-a", "shop-b"):
        assert find_person(context.lake, f"{shop}:123", "no file").user_id == pseudonym(shop, "123", KEY)


@pytest.mark.commands
def test_a_mapping_says_that_they_are_one(load):
    load("shop-a", "123,5", "identity: club\n")
    context = load("shop-b", "123,5 123,7", "identity: club\ncatalogue: shop-a\n")
    PREPARE.run(context)
    club = pseudonym("club", "123", KEY)
    assert pairs(context) == [(club, "5"), (club, "7")]
    assert find_person(context.lake, "123", "no file").user_id == club
    counts = {row.item_id: row.event_count for row in context.lake.read("silver.interactions").collect()}
    assert counts == {"5": 2, "7": 1}  # liked in both shops


def test_facts_of_the_second_source_are_about_its_own_items(load):
    facts = "s,p,o,n\nfilm9,by,maker3,5\nmaker3,born,1960,\n5,also,6,5\nhttp://x/a,same,film9,\n"
    load("shop-a", "1,5 1,6", FACTS, k=facts, n="i,t\n5,Five\n6,Six\n")
    context = load("shop-b", "1,5", FACTS, k=facts, n="i,t\n5,Cinq\n6,Six\n")
    rows = context.lake.read("bronze.facts").where("source = 'shop-b'").drop("source").collect()
    assert sorted(map(tuple, rows)) == sorted([
        ("shop-b:film9", "by", "shop-b:maker3", "shop-b:5"), ("shop-b:maker3", "born", "1960", None),
        ("shop-b:5", "also", "shop-b:6", "shop-b:5"), ("http://x/a", "same", "shop-b:film9", None),
    ], key=str)  # fmt: skip
    titles = {row.item_id: row.title for row in context.lake.read("bronze.items").collect()}
    assert titles == {"5": "Five", "6": "Six", "shop-b:5": "Cinq", "shop-b:6": "Six"}


def test_another_key_over_a_filled_lake_is_one_message(load, monkeypatch, tmp_path):
    context = load("shop-a", "123,5")
    PREPARE.run(context)
    lake = context.lake
    before = {name: lake.version(name) for name in ("ops.sources", "bronze.events", "silver.users")}
    assert KEY.decode() not in str(lake.read("ops.sources").collect())
    monkeypatch.setenv(KEY_VARIABLE, "another key of a new pod")
    for name in ("shop-a", "shop-b"):
        with pytest.raises(BadInput, match=f"pseudonym key: found another key .* of shop-a .*; expected that key.*"
                                           f"{KEY_VARIABLE}"):  # fmt: skip
            load(name, "123,5")
    with pytest.raises(BadInput, match="another key"):
        find_person(lake, "123", "no file")
    with pytest.raises(BadInput, match="another key"):
        keyed_origins(lake, "no file")
    known = pseudonym("shop-a", "123", KEY)
    assert find_person(lake, known, "no file").user_id == known
    monkeypatch.delenv(KEY_VARIABLE)
    lost = tmp_path / "lost.key"
    with pytest.raises(BadInput, match="expected the key that ingest used"):
        place_origin(lake, Origin("shop-b", "shop-b", "shop-b"), False, str(lost))
    assert not lost.exists()
    assert {name: lake.version(name) for name in before} == before


def test_generated_people_beside_real_ones_have_their_own_key(load, stage_context):
    lake = load("shop-a", "123,5").lake
    origin, key = place_origin(lake, Origin("sample", "sample", "sample"), True, "no file")
    assert (origin.item_prefix, origin.key_mark, key) == ("sample:", key_mark(SAMPLE_KEY), SAMPLE_KEY)


def test_a_source_stays_what_it_was_loaded_as(load):
    load("shop-a", "123,5")
    with pytest.raises(BadInput, match="found identity club, catalogue shop-a; expected identity shop-a"):
        load("shop-a", "123,5", "identity: club\n")


def test_a_lake_without_the_table_is_looked_up_by_its_runs_and_not_loaded_into(lake, spark):
    from interestlake.core.lake import empty, one_row

    run = {"run_id": "r", "source": "movielens", "seed": 1, "fingerprint": "f"}
    lake.write("ops.runs", one_row(spark, "ops.runs", run), "r")
    for run_id, source in (("k", "knowledge"), ("e", "as ingested")):  # of runs that bring no people
        lake.write("ops.runs", one_row(spark, "ops.runs", {**run, "run_id": run_id, "source": source}), run_id)
    assert origins(lake) == [Origin("movielens", "movielens", "movielens")]
    read = readings("movielens:1", keys_at_hand(origins(lake), "no file", "the lake"))
    assert [one.user_id for one in read] == [pseudonym("movielens", text, KEY) for text in ("movielens:1", "1")]
    lake.write("bronze.events", empty(spark, "bronze.events"), "r")
    with pytest.raises(BadInput, match="people of an earlier version, and no ops.sources; expected an empty folder"):
        place_origin(lake, origins(lake)[0], False, "no file")
