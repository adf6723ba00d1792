"""The lake: contracts hold, writes are keyed and idempotent by run id, versions are readable."""

import dataclasses
import importlib
import pkgutil

import pytest
from pyspark.sql import functions as F

from interestlake.core import schemas
from interestlake.core.errors import BadInput
from interestlake.core.lake import empty
from interestlake.core.schemas.all import ALL

FRIENDS = "user_id string, friend_id string, source string"


def friends(spark, *pairs, source="s"):
    return spark.createDataFrame([(a, b, source) for a, b in pairs], FRIENDS)


def test_merge_adds_and_updates_by_key(spark, lake):
    lake.write("bronze.friends", friends(spark, ("a", "b"), ("a", "c")), "r1")
    written = lake.write("bronze.friends", friends(spark, ("a", "b"), ("d", "e"), source="t"), "r2")
    rows = sorted(tuple(row) for row in lake.read("bronze.friends").collect())
    assert rows == [("a", "b", "t"), ("a", "c", "s"), ("d", "e", "t")]
    assert written.rows == 2


def test_merge_leaves_equal_rows_alone(spark, lake):
    lake.write("bronze.friends", friends(spark, ("a", "b"), ("a", "c")), "r1")
    written = lake.write("bronze.friends", friends(spark, ("a", "b"), ("a", "c")), "r2")
    assert written.rows == 0


@pytest.mark.parametrize("name", ["bronze.friends", "graph.item_vectors"])
def test_the_same_run_id_changes_nothing(spark, lake, name):
    frames = {
        "bronze.friends": (friends(spark, ("a", "b")), friends(spark, ("x", "y"))),
        "graph.item_vectors": tuple(
            spark.createDataFrame([(i, [1.0])], "item_id string, vector array<float>") for i in ("a", "x")
        ),
    }[name]
    first = lake.write(name, frames[0], "r1")
    again = lake.write(name, frames[1], "r1")
    assert (again.version, again.rows) == (first.version, 0)
    assert lake.read(name).first()[0] == "a"


def test_replace_keeps_the_former_state_as_a_version(spark, lake):
    one, two = (spark.createDataFrame([(i, [1.0])], "item_id string, vector array<float>") for i in ("a", "b"))
    first = lake.write("graph.item_vectors", one, "r1")
    lake.write("graph.item_vectors", two, "r2")
    assert [r.item_id for r in lake.read("graph.item_vectors").collect()] == ["b"]
    assert [r.item_id for r in lake.read("graph.item_vectors", first.version).collect()] == ["a"]
    with pytest.raises(BadInput, match="version 99"):
        lake.read("graph.item_vectors", 99)
    assert lake.written_by("graph.item_vectors", "r1") == first.version
    assert lake.written_by("graph.item_vectors", "r2") == first.version + 1
    assert lake.written_by("graph.item_vectors", "r3") is lake.written_by("silver.items", "r1") is None


def test_maps_are_compared_in_a_merge(spark, lake):
    def items(year):
        row = [("i", None, None, ["c"], {"year": year}, None, "s")]
        return spark.createDataFrame(row, ", ".join(f"{c.name} {c.type}" for c in ALL["bronze.items"].columns))

    lake.write("bronze.items", items("1999"), "r1")
    assert lake.write("bronze.items", items("1999"), "r2").rows == 0
    assert lake.write("bronze.items", items("2000"), "r3").rows == 1


def test_missing_table_says_what_to_do(lake):
    with pytest.raises(BadInput, match="run the earlier stages first"):
        lake.read("silver.items")
    with pytest.raises(BadInput, match="expected one of bronze.events"):
        lake.path("silver.nonsense")


def test_wrong_columns_and_types_are_named_before_anything_is_written(spark, lake):
    with pytest.raises(BadInput, match=r"missing \['source'\], too many \['extra'\]"):
        lake.write("bronze.friends", friends(spark, ("a", "b")).drop("source").withColumn("extra", F.lit(1)), "r1")
    with pytest.raises(BadInput, match="user_id: bigint instead of string"):
        lake.write("bronze.friends", friends(spark, ("1", "b")).withColumn("user_id", F.lit(1).cast("bigint")), "r1")
    assert not lake.exists("bronze.friends")


def test_constraints_hold(spark, lake):
    edges = "src string, dst string, weight double, pair_count bigint"
    with pytest.raises(Exception, match="src_before_dst"):
        lake.write("graph.item_edges", spark.createDataFrame([("b", "a", 1.0, 2)], edges), "r1")
    with pytest.raises(Exception, match="not_null_friend_id"):
        lake.write("bronze.friends", friends(spark, ("a", None)), "r2")


def test_change_feed_shows_what_a_run_changed(spark, lake):
    schema = "user_id string, friend_id string"
    first = lake.write("silver.friends", spark.createDataFrame([("a", "b")], schema), "r1")
    lake.write("silver.friends", spark.createDataFrame([("a", "b"), ("c", "d")], schema), "r2")
    changes = lake.read_changes("silver.friends", first.version + 1).select("user_id", "_change_type").collect()
    assert [tuple(row) for row in changes] == [("c", "insert")]


def links(spark, *pairs):
    return spark.createDataFrame(list(pairs), "user_id string, friend_id string")


def test_recompute_deletes_what_the_new_rows_lack_and_the_change_feed_says_so(spark, lake):
    assert ALL["silver.friends"].mode == "recompute"
    lake.write("silver.friends", links(spark, ("a", "b"), ("c", "d"), ("e", "f")), "r1")
    written = lake.write("silver.friends", links(spark, ("a", "b"), ("g", "h")), "r2")
    assert sorted(map(tuple, lake.read("silver.friends").collect())) == [("a", "b"), ("g", "h")]
    changes = lake.read_changes("silver.friends", written.version).select("user_id", "_change_type").collect()
    assert sorted(map(tuple, changes)) == [("c", "delete"), ("e", "delete"), ("g", "insert")]
    assert written.rows == 3 and lake.read("silver.friends", written.version - 1).count() == 3


def test_recompute_is_written_once_per_run_id(spark, lake):
    first = lake.write("silver.friends", links(spark, ("a", "b"), ("c", "d")), "r1")
    again = lake.write("silver.friends", links(spark, ("x", "y")), "r1")
    assert (again.version, again.rows) == (first.version, 0)
    second = lake.write("silver.friends", links(spark, ("a", "b")), "r2")
    assert lake.write("silver.friends", links(spark, ("x", "y")), "r2") == dataclasses.replace(second, rows=0)
    assert lake.write("silver.friends", links(spark, ("a", "b")), "r3").rows == 0
    assert lake.write("silver.friends", links(spark).limit(0), "r4").rows == 1
    assert lake.read("silver.friends").count() == 0


def test_a_change_of_a_recomputed_table_deletes_only_what_it_names(spark, lake):
    lake.write("silver.friends", links(spark, ("a", "b"), ("c", "d"), ("e", "f")), "r1")
    schema = "user_id string, friend_id string, gone boolean"
    change = spark.createDataFrame([("c", "d", True), ("g", "h", False)], schema)
    assert lake.change("silver.friends", change, "r2").rows == 2
    assert sorted(row.user_id for row in lake.read("silver.friends").collect()) == ["a", "e", "g"]


def test_input_files_hold_every_row_in_write_order(spark, lake):
    columns = ("cast(id as int) user_index", "cast(id as int) item_index", "cast(1 as float) weight")
    rows = spark.range(100).selectExpr(*columns)
    written = lake.write("models.training_examples", rows.repartitionByRange(3, "user_index"), "r1")
    files = lake.input_files("models.training_examples", written.version)
    first = [spark.read.parquet(file).agg(F.min("user_index")).first()[0] for file in files]
    assert len(files) == 3 and first == sorted(first)
    assert spark.read.parquet(*files).count() == 100


def test_no_two_contracts_have_one_name():
    modules = [
        importlib.import_module(f"interestlake.core.schemas.{module.name}")
        for module in pkgutil.iter_modules(schemas.__path__)
    ]
    names = [table.name for module in modules for table in getattr(module, "TABLES", ())]
    assert sorted(names) == sorted(ALL)


def test_every_contract_is_sound(spark):
    for name, table in ALL.items():
        assert table.meaning and all(column.meaning for column in table.columns), name
        assert set(table.key) <= set(table.column_names), name
        assert all(not column.nullable for column in table.columns if column.name in table.key), name
        assert empty(spark, name).columns == list(table.column_names)


@pytest.mark.parametrize(("name", "mode"), [("ops.stages", "append"), ("gold.interest_map", "replace")])
def test_a_table_older_than_its_contract_is_widened_by_a_write(spark, lake, name, mode):
    whole = empty(spark, name)
    column = "rests_on" if mode == "append" else whole.columns[-1]
    assert ALL[name].mode == mode
    whole.drop(column).write.format("delta").save(lake.path(name))
    lake.write(name, whole, "r1")
    assert column in lake.read(name).columns


def test_a_table_older_than_its_contract_reads_with_nulls_and_is_widened_by_a_change(spark, lake):
    key = "subject string, predicate string, object string, subject_item_id string"
    old = spark.createDataFrame([("s", "p", "o", None), ("s", "p", "gone", "1")], key)
    old.write.format("delta").option("delta.enableChangeDataFeed", "true").save(lake.path("silver.facts"))
    facts = lake.read("silver.facts")
    assert facts.columns == list(ALL["silver.facts"].column_names)
    assert facts.where("confidence IS NULL AND valid_to IS NULL").count() == 2
    new = facts.where("object = 'o'").withColumn("confidence", F.lit(0.5)).withColumn("gone", F.lit(False))
    rows = new.unionByName(facts.where("object = 'gone'").withColumn("gone", F.lit(True)))
    assert lake.change("silver.facts", rows, "r1").rows == 2
    version = lake.version("silver.facts")
    assert lake.change("silver.facts", rows, "r1").rows == 0 and lake.version("silver.facts") == version
    assert [(row.object, row.confidence) for row in lake.read("silver.facts").collect()] == [("o", 0.5)]
