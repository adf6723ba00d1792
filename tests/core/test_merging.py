"""A merge of few keys opens few files of a large table, and changes what a merge that opens all of them changes."""

from pathlib import Path
from urllib.parse import unquote, urlparse

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from interestlake.core.lake import Lake
from interestlake.core.merging import LEAST_FILES, RANGES, reach

FRIENDS = "user_id string, friend_id string, source string"
FILES = 2 * LEAST_FILES


def friends(spark, users, source="s"):
    return spark.createDataFrame([(user, "f", source) for user in users], FRIENDS)


def user(number: int) -> str:
    return f"{number:04d}"


@pytest.fixture
def large(spark, tmp_path) -> Lake:
    """bronze.friends of 640 people in FILES files, each of a range of people; every fifth person is missing."""
    lake = Lake(spark, str(tmp_path / "lake"))
    rows = friends(spark, (user(n) for n in range(800) if n % 5))
    lake.write("bronze.friends", rows.repartitionByRange(FILES, "user_id"), "r1")
    return lake


def without_others(lake: Lake, users: list[str]) -> int:
    """Take the files away that cannot hold one of these people, so that whoever opens one fails -> how many stay."""
    files = [Path(unquote(urlparse(file).path)) for file in lake.input_files("bronze.friends")]
    assert len(files) == FILES
    ranges = {file: pc.min_max(pq.read_table(file, columns=["user_id"])["user_id"]).as_py() for file in files}
    met = {file for file in files if any(ranges[file]["min"] <= user <= ranges[file]["max"] for user in users)}
    for file in set(files) - met:
        file.unlink()
    return len(met)


def test_only_files_that_can_match_are_read(spark, large):
    changed = [user(3), user(5), user(796)]
    assert without_others(large, changed) <= 3
    assert large.write("bronze.friends", friends(spark, changed, "t"), "r2").rows == 3  # 5 came, 3 and 796 were there
    assert large.operation("bronze.friends") == "MERGE"


def test_rows_that_go_are_found_too(spark, large):
    gone = friends(spark, [user(1), user(10), user(799)]).selectExpr("*", "user_id <> '0010' AS gone")
    assert without_others(large, [user(1), user(10), user(799)]) <= 3
    assert large.change("bronze.friends", gone, "r2").rows == 3


def test_a_merge_of_few_keys_is_the_merge_of_the_whole_table(spark, large):
    large.write("bronze.friends", friends(spark, [user(3), user(5), user(796)], "t"), "r2")
    rows = {row["user_id"]: row["source"] for row in large.read("bronze.friends").collect()}
    assert len(rows) == 641 and {one for one, source in rows.items() if source == "t"} == {"0003", "0005", "0796"}


def test_many_keys_everywhere_read_every_file_and_lose_nothing(spark, large):
    large.write("bronze.friends", friends(spark, map(user, range(0, 800, 5)), "t"), "r2")
    rows = large.read("bronze.friends").collect()
    assert len(rows) == len({row["user_id"] for row in rows}) == 800
    assert sum(row["source"] == "t" for row in rows) == 160


def test_what_is_deleted_because_it_is_lacking_is_looked_for_in_every_file(spark, large):
    large.write("bronze.friends", friends(spark, [user(3)], "t"), "r2", in_place_of="source = 's'")
    assert [row["source"] for row in large.read("bronze.friends").collect()] == ["t"]


@pytest.mark.parametrize("keys", [["a'b", 'c"d', "e\\f", "", "ü€😀", "%_", "${x}", "$1"], [-(2**62), 0, 7, 2**62], []])
def test_the_condition_holds_for_every_key(spark, keys):
    of = "bigint" if keys and isinstance(keys[0], int) else "string"
    rows = spark.createDataFrame([(key,) for key in keys * 3], f"k {of}")
    condition = reach(rows, "k")
    assert rows.alias("t").where(condition).count() == rows.count()
    assert condition == "false" if not keys else condition.count("BETWEEN") <= RANGES


def test_far_apart_keys_leave_out_what_lies_between(spark):
    keys = spark.createDataFrame([(key,) for key in (1, 2, 1_000_000)], "k bigint")
    between = spark.createDataFrame([(key,) for key in (0, 3, 500_000, 1_000_001)], "k bigint")
    assert between.alias("t").where(reach(keys, "k")).count() == 0


@pytest.mark.parametrize("way", [{}, {"in_place_of": "t.source = 's'"}])
def test_what_is_equal_leaves_every_file_as_it_is(spark, large, way):
    """A second run of the same rows writes no file: it commits that it came."""
    files, version = set(large.input_files("bronze.friends")), large.version("bronze.friends")
    again = friends(spark, (user(n) for n in range(800) if n % 5))
    assert large.write("bronze.friends", again, "r2", **way).rows == 0
    assert set(large.input_files("bronze.friends")) == files
    assert large.written_by("bronze.friends", "r2") == version + 1


def test_of_few_rows_that_differ_the_other_files_stay(spark, large):
    files = set(large.input_files("bronze.friends"))
    rows = friends(spark, (user(n) for n in range(800) if n % 5 and n != 7)).unionByName(friends(spark, ["0800"]))
    assert large.write("bronze.friends", rows, "r2", in_place_of="source = 's'").rows == 2  # 0007 went, 0800 came
    assert len(files - set(large.input_files("bronze.friends"))) == 1
    users = {row["user_id"] for row in large.read("bronze.friends").collect()}
    assert len(users) == 640 and "0007" not in users and "0800" in users
