import random

import pytest

from interestlake.sources import packed
from interestlake.sources.dialect import PLAIN
from interestlake.sources.files import list_files
from interestlake.sources.lines import read_lines
from interestlake.sources.packed import packed_remarks
from interestlake.sources.records import read_records

from .test_lines import numbered


@pytest.fixture
def short_is_long(monkeypatch):
    monkeypatch.setattr(packed, "SPREAD_BYTES", 1_000)
    monkeypatch.setattr(packed, "BYTES_A_TASK", 2_000)


@pytest.fixture
def folder(write):
    """An input of one long .gz, one short and one plain file."""
    rng = random.Random(3)
    write("short.csv.gz", "one\ntwo\n")
    write("plain.csv", "three\nfour\n")
    return write("long.csv.gz", "\n".join(f"line {n} {rng.randrange(10**9)}" for n in range(2_000)))


def test_lines_of_a_long_gz_are_spread_and_keep_their_numbers(spark, folder, short_is_long, monkeypatch):
    files = list_files(spark, (folder,))
    lines = read_lines(spark, files)
    size = packed.packed_bytes(files)["long.csv.gz"]
    assert lines.rdd.getNumPartitions() == packed.tasks_after({"": size}) == -(-size // 2_000) > 4
    lengths = lines.rdd.mapPartitions(lambda rows: [sum(1 for _ in rows)]).collect()
    assert max(lengths) < 2 * sum(lengths) / len(lengths)
    spread, settled = numbered(lines, files)
    monkeypatch.setattr(packed, "SPREAD_BYTES", 2**40)
    whole, as_read = numbered(read_lines(spark, files), files)
    assert spread == whole and len(spread) == 2_004
    assert settled.record_count == as_read.record_count == 2_004


def test_records_of_several_lines_stay_whole(spark, write, short_is_long):
    rows = [f'{n},"first\nsecond {random.Random(n).randrange(10**9)}"' for n in range(500)]
    files = list_files(spark, (write("quoted.csv.gz", "\n".join(["id,text", *rows])),))
    texts = {row.text for row in read_records(spark, files, PLAIN, 2).collect() if row.text}
    assert texts == {"id,text", *rows}


def test_the_log_names_the_file_its_size_and_the_way_out(spark, folder, short_is_long):
    files = list_files(spark, (folder,))
    size = packed.packed_bytes(files)["long.csv.gz"]
    (line,) = packed_remarks(files)
    assert line.startswith(f"long.csv.gz ({size / 1e6:,.0f} MB) cannot be split: one task unpacks all of it")
    assert f"its lines go to {-(-size // 2_000)} tasks" in line and "several .gz files in its place" in line


def test_a_short_gz_is_read_as_it_is(spark, folder):
    files = list_files(spark, (folder,))
    assert packed_remarks(files) == [] and packed.tasks_after(packed.packed_bytes(files)) == 0
    assert read_lines(spark, files).rdd.getNumPartitions() <= 3
