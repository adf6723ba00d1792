"""`interestlake summarise` on a small lake: statements of every item, replayed, and printed with their spans."""

import pytest
from pyspark.sql import functions as F

from interestlake.serving.summaries.job import item_rows, replayed

from .test_compose import ITEM


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    from interestlake.core.lake import Lake

    lake = Lake(spark, str(tmp_path_factory.mktemp("texts") / "lake"))

    def put(name, rows, schema):
        spark.createDataFrame(rows, schema).coalesce(1).write.format("delta").save(lake.path(name))

    put(
        "silver.items",
        [("i1", 0, ITEM.title, None, list(ITEM.categories), 1), ("i2", 1, "i2", None, ["Drama"], 1)],
        "item_id string, item_index int, title string, description string, categories array<string>, user_count int",
    )
    put("silver.documents",
        [(doc, f"h{doc}", kind, "i1", None, text, None, None, "test" if doc == "r1" else "train")
         for doc, kind, text in ITEM.documents],
        "doc_id string, text_hash string, kind string, item_id string, user_id string, text string, rating double, "
        "event_ts timestamp, split string")  # fmt: skip
    put("silver.facts", [("e", *fact, "i1") for fact in ITEM.facts],
        "subject string, predicate string, object string, subject_item_id string")  # fmt: skip
    return lake


def test_the_job_writes_true_statements_and_a_lie_is_found(spark, lake, monkeypatch, capsys, tracking_uri):
    from interestlake.cli import main as cli

    monkeypatch.setattr(spark, "stop", lambda: None)
    given = ["summarise", "--lake", lake.root, "--tracking-uri", tracking_uri]
    assert cli.main([*given, "--run-id", "s1"]) == 0
    said = capsys.readouterr().out
    rows = lake.read("gold.summaries").collect()
    assert "statements" in said and {row["part"] for row in rows} == {"title", "description", "summary", "contrast"}
    assert {row["item_id"] for row in rows} == {"i1", "i2"}
    held_out = [row for row in rows if any(span["doc_id"] == "r1" for span in row["spans"])]
    assert held_out == [], "texts of held-out pairs are not read"
    assert cli.main([*given, "--item", "i1"]) == 0
    printed = capsys.readouterr().out
    assert "Loud, though some find it quiet." in printed and "r0[" in printed
    assert cli.main([*given, "--item", "none"]) == 2
    tables = {name: lake.read(name) for name in ("silver.items", "silver.documents", "silver.facts")}
    lie = lake.read("gold.summaries").where("part = 'summary'").withColumn("text", F.lit("It never breaks."))
    told = replayed(lie, item_rows(tables)).collect()
    assert told and not any(row["true"] for row in told)
