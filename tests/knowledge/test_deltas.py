"""Facts kept current in a lake: files in, deltas, issues, files out."""

import datetime as dt

import pytest

from interestlake.core.errors import BadInput
from interestlake.interactions.social import distinct_facts, with_changed
from interestlake.knowledge.check import issues
from interestlake.knowledge.deltas import changes_of, facts_of
from interestlake.knowledge.validity import holding, moment

FACTS = (
    "subject string, predicate string, object string, subject_item_id string, object_type string, source string, "
    "confidence double, valid_from timestamp, valid_to timestamp"
)
ITEMS = "item_id string, item_index int, title string, description string, categories array<string>, user_count int"
CHARGED = """@prefix x: <urn:interestlake:> .
<urn:interestlake:item/1> x:year 1965 ; x:author x:herbert ; x:name "Dune" .
<urn:interestlake:item/2> x:year 1975, 1976 ; x:author x:le_guin .
x:herbert x:name "Frank Herbert" .
<urn:interestlake:item/9> x:author x:herbert .
"""


def at(year: int) -> dt.datetime:
    return dt.datetime(year, 1, 1)


def fact(spark, *rows):
    return spark.createDataFrame([(*row[:3], None, "iri", "s", 1.0, *row[3:]) for row in rows], FACTS)


def test_supersede_ends_what_held_and_keeps_what_does_not_meet(spark):
    there = fact(
        spark,
        ("a", "lives_in", "Rome", at(1990), None),  # ends when the new one begins
        ("a", "lives_in", "Oslo", at(1980), at(1990)),  # had ended before
        ("a", "lives_in", "Bonn", at(2010), None),  # began no earlier: never true by the new source
        ("a", "works_in", "Rome", None, None),  # another relation
        ("b", "lives_in", "Rome", None, None),  # another subject
    )  # fmt: skip
    new = fact(spark, ("a", "lives_in", "Kyiv", at(2000), None))
    rows = new.transform(changes_of(there, "supersede")).collect()
    assert {(r.object, r.change, r.gone, r.valid_to) for r in rows} == {
        ("Kyiv", "put", False, None),
        ("Rome", "close", False, at(2000)),
        ("Bonn", "delete", True, None),
    }
    plain = fact(spark, ("a", "lives_in", "Kyiv", None, None)).transform(changes_of(there, "supersede")).collect()
    assert {(r.object, r.change) for r in plain} == {
        ("Kyiv", "put"),
        ("Rome", "delete"),
        ("Oslo", "delete"),
        ("Bonn", "delete"),
    }


def test_what_holds_when(spark):
    times = (("1", at(1990), at(2000)), ("2", at(2000), None), ("3", None, None))
    facts = fact(spark, *(("a", "p", *row) for row in times))
    years = ("", "1995-06-01", "2000-01-01")
    found = {year: {r.object for r in facts.transform(holding(year)).collect()} for year in years}
    assert found == {"": {"2", "3"}, "1995-06-01": {"1", "3"}, "2000-01-01": {"2", "3"}}
    with pytest.raises(BadInput, match="ISO time"):
        moment("yesterday", "--valid-from")


def test_issues_name_what_is_planted(spark):
    items = spark.createDataFrame([("1",)], "item_id string")
    rows = [
        ("item/1", "year", "1965", "1", "text", at(1990), at(2000)),
        ("item/1", "year", "1966", "1", "text", at(2000), None),  # after it: no conflict
        ("item/1", "author", "herbert", "1", "iri", None, None),
        ("item/1", "author", "nobody", "1", "iri", None, None),  # nothing is said about nobody
        ("herbert", "born", "1920", None, "text", None, None),
        ("herbert", "year", "x", None, "text", None, None), ("herbert", "year", "y", None, "text", None, None),
        ("item/7", "author", "herbert", "7", "iri", None, None),  # no such item
    ]  # fmt: skip
    facts = spark.createDataFrame([(*r[:5], "s", 1.0, *r[5:]) for r in rows], FACTS)
    found = facts.transform(issues(items, ["year"], [])).collect()
    found = {(r.kind, r.subject, tuple(r.objects), r.facts) for r in found}
    assert found == {
        ("conflict", "herbert", ("x", "y"), 2),
        ("dangling_entity", "nobody", ("nobody",), 1),
        ("unknown_item", "item/7", ("7",), 1),
    }


@pytest.fixture
def context(spark, lake, stage_context):
    items = [("1", 0, "Dune", None, [], 1), ("2", 1, "The Dispossessed", None, [], 1)]
    lake.write("silver.items", spark.createDataFrame(items, ITEMS), "made")

    def make(run_id, *inputs, **set):
        overrides = {f"knowledge.{name}": value for name, value in set.items()}
        return stage_context(lake.root, run_id, overrides, inputs=tuple(map(str, inputs)))

    return make


def test_files_in_deltas_and_files_out(spark, lake, context, tmp_path):
    from interestlake.stages.knowledge.export import KNOWLEDGE_EXPORT
    from interestlake.stages.knowledge.load import KNOWLEDGE_LOAD

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.ttl").write_text(CHARGED)
    (tmp_path / "in" / "b.nt").write_text('<urn:interestlake:le_guin> <urn:interestlake:name> "Ursula" .\nbad line\n')
    first = context("r1", tmp_path / "in", source_name="shop", confidence=0.8)
    figures = KNOWLEDGE_LOAD.run(first)
    assert figures == {
        "statements": 9,
        "quarantined": 1,
        "facts_put": 9,
        "facts_close": 0,
        "facts_delete": 0,
        "rows_changed": 9,
        "conflicts": 1,
        "dangling_entities": 0,
        "unknown_items": 1,
    }
    (bad,) = lake.read("bronze.quarantine").collect()
    assert (bad.source, bad.file, bad.line) == ("shop", "b.nt", 2) and bad.reason.startswith("broken triple")
    version = lake.version("silver.facts")
    KNOWLEDGE_LOAD.run(context("r1", tmp_path / "in", source_name="shop", confidence=0.8))
    assert lake.version("silver.facts") == version  # the same run id again changes nothing
    (tmp_path / "fix.nt").write_text(
        '<urn:interestlake:item/2> <urn:interestlake:year> "1974"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    )
    figures = KNOWLEDGE_LOAD.run(context("r2", tmp_path / "fix.nt", delta_kind="supersede"))
    assert figures["facts_delete"] == 2 and figures["conflicts"] == 0
    changed = lake.read_changes("silver.facts", lake.version("silver.facts")).collect()
    assert sorted((r["_change_type"], r["object"]) for r in changed) == [
        ("delete", "1975"),
        ("delete", "1976"),
        ("insert", "1974"),
    ]
    figures = KNOWLEDGE_EXPORT.run(context("r3", output=str(tmp_path / "out.ttl"), format="ttl"))
    assert figures["triples"] == 8
    columns = ("subject", "predicate", "object", "object_type", "subject_item_id", "source")
    known = {tuple(row) for row in lake.read("silver.facts").select(*columns).collect()}
    assert ("item/2", "year", "1974", "http://www.w3.org/2001/XMLSchema#integer", "2", "rdf") in known
    assert ("item/1", "name", "Dune", "text", "1", "shop") in known
    # prepare leaves what a delta has touched as it is
    names = "subject string, predicate string, object string, subject_item_id string, source string"
    bronze = spark.createDataFrame([("item/2", "year", "1975", "2", "kg"), ("new", "p", "o", None, "kg")], names)
    changes, there = lake.read("silver.fact_changes"), lake.read("silver.facts")
    kept = bronze.transform(distinct_facts()).transform(with_changed(changes, there)).collect()
    assert {row.object for row in kept if row.subject == "item/2"} >= {"1974"}
    assert {row.object for row in kept if row.subject == "new"} == {"o"}
    assert ("item/2", "1975") not in {(row.subject, row.object) for row in kept}


def test_subjects_find_their_items(spark):
    there = fact(spark, ("m.01", "name", "Dune", None, None)).drop("subject_item_id")
    there = there.selectExpr("*", "'1' AS subject_item_id")
    triples = spark.createDataFrame(
        [("m.01", "p", "o", "iri"), ("item/2", "p", "o", "iri"), ("x", "p", "o", "iri"), ("x", "p", "o", "text")],
        "subject string, predicate string, object string, object_type string",
    )
    never = moment("", "")
    rows = triples.transform(facts_of(there, "item/", "s", 0.5, never, never)).collect()
    assert {(r.subject, r.subject_item_id, r.object_type) for r in rows} == {
        ("m.01", "1", "iri"),
        ("item/2", "2", "iri"),
        ("x", None, "iri"),
    }


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.rdf", "<rdf:RDF", "well-formed RDF/XML"),
        ("a.csv", "x", "files that end in .nt"),
        ("a.ttl", "a b c .\nd e f .\n", "at most 50% bad statements"),
    ],
)
def test_a_faulty_file_is_one_message_and_writes_nothing(context, lake, tmp_path, name, content, said):
    from interestlake.stages.knowledge.load import KNOWLEDGE_LOAD

    (tmp_path / name).write_text(content)
    with pytest.raises(BadInput, match=said.replace("%", ".")):
        KNOWLEDGE_LOAD.run(context("r1", tmp_path / name))
    assert not lake.exists("silver.facts") and not lake.exists("bronze.quarantine")
