import random

import pytest
from pyspark.sql import functions as F

from interestlake.core.errors import BadInput
from interestlake.sources.files import list_files, match
from interestlake.sources.formats import json_lines
from interestlake.sources.lines import read_lines
from interestlake.sources.rules import judge
from interestlake.sources.settle import settle


@pytest.fixture
def small_splits(spark):
    """Spark cuts plain files into blocks of a few hundred bytes."""
    spark.conf.set("spark.sql.files.maxPartitionBytes", "300")
    spark.conf.set("spark.sql.files.openCostInBytes", "40")
    yield
    spark.conf.unset("spark.sql.files.maxPartitionBytes")
    spark.conf.unset("spark.sql.files.openCostInBytes")


def numbered(lines, files):
    """{(file, line): text} through the judge and the numbering that every loader uses; blank lines are skipped."""
    fielded = lines.select(
        "path",
        "block",
        "position",
        (F.col("text") == "").alias("skip"),
        F.lit(False).alias("is_header"),
        "fault",
        "text",
    )
    settled = settle(fielded.transform(judge({"text": F.col("text")}, [])), files, 1.0)
    rows = {(row.file, row.line): row.text for row in settled.records.collect()}
    settled.held.unpersist()
    return rows, settled


@pytest.mark.parametrize("seed", range(3))
def test_lines_are_numbered_exactly_also_where_files_are_split(spark, small_splits, write, seed):
    rng = random.Random(seed)
    expected = {}
    for name, end in (("a.txt", "\n"), ("deep/b c.txt", "\r\n"), ("c.txt.gz", "\n"), ("100%.txt", "\n")):
        lines = [
            "" if rng.random() < 0.1 else f"{name} {n} " + "ä" * rng.randrange(60)
            for n in range(rng.randrange(90, 140))
        ]
        folder = write(name, end.join(lines) + (end if rng.random() < 0.5 else ""))
        expected |= {(name, n): line for n, line in enumerate(lines, 1) if line}
    files = list_files(spark, (folder,))
    lines = read_lines(spark, files)
    assert lines.select("path", "block").distinct().count() > 20
    rows, _ = numbered(lines, files)
    assert rows == expected


def test_a_byte_order_mark_and_bare_carriage_returns(spark, write):
    files = list_files(spark, (write("a.txt", b"\xef\xbb\xbfone\r\ntw\ro\n"),))
    rows, _ = numbered(read_lines(spark, files), files)
    assert rows == {("a.txt", 1): "one", ("a.txt", 2): "tw\ro"}


def test_lines_that_are_not_utf8(spark, write):
    files = list_files(spark, (write("a.txt", "plain\nBjörk\n".encode("latin-1") + "Motörhead\n".encode()),))
    rows, settled = numbered(read_lines(spark, files), files)
    assert rows == {("a.txt", 1): "plain", ("a.txt", 3): "Motörhead"}
    assert settled.bad_count == 1
    rows, settled = numbered(read_lines(spark, files, fallback="ISO-8859-1"), files)
    assert rows == {("a.txt", 1): "plain", ("a.txt", 2): "Björk", ("a.txt", 3): "Motörhead"}


def test_a_file_that_is_mostly_bad_stops_with_its_commonest_reason(spark, write):
    write("good.jsonl", '{"a": 1}\n' * 20)
    files = list_files(spark, (write("bad.jsonl", '{"a": 1}\n{"a"\nnothing\n{"a":\n'),))
    judged = read_lines(spark, files).transform(json_lines("a")).transform(judge({"a": F.col("fields.a")}, []))
    with pytest.raises(
        BadInput, match=r"bad\.jsonl: found 3 of 4 records unusable, 3 for 'broken JSON.*max_quarantine_share"
    ):
        settle(judged, files, 0.5)
    settled = settle(judged, files, 0.75)
    assert (settled.record_count, settled.bad_count) == (21, 3)
    assert {(row.file, row.line) for row in settled.quarantine.collect()} == {("bad.jsonl", n) for n in (2, 3, 4)}


@pytest.mark.parametrize("content", [b"not gzip at all, but long enough to look", b"\x1f\x8b\x08\x00cut"])
def test_a_broken_archive_is_one_message(spark, tmp_path, content):
    (tmp_path / "a.txt.gz").write_bytes(content)
    files = list_files(spark, (str(tmp_path),))
    with pytest.raises(BadInput, match="whole gzip files"):
        numbered(read_lines(spark, files), files)


def test_files_are_named_relative_to_their_input_and_never_alike(spark, tmp_path):
    for name in ("one/data.csv", "two/data.csv", "two/kg/kg.txt", "two/_SUCCESS", "two/.hidden/x"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x\n")
    files = list_files(spark, (str(tmp_path / "one"), str(tmp_path / "two" / "data.csv"), str(tmp_path / "two")))
    assert [file.name for file in files] == ["kg/kg.txt", "one/data.csv", "two/data.csv"]
    assert [file.name for file in match(files, "*.csv")] == ["one/data.csv", "two/data.csv"]
    assert [file.name for file in match(files, "kg.txt")] == ["kg/kg.txt"]


def test_missing_and_empty_inputs(spark, tmp_path):
    with pytest.raises(BadInput, match="nothing there"):
        list_files(spark, (str(tmp_path / "nowhere"),))
    with pytest.raises(BadInput, match="no files under"):
        list_files(spark, (str(tmp_path),))
    with pytest.raises(BadInput, match="found none"):
        list_files(spark, ())
