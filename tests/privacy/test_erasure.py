"""Every column that may name a person is found from the contracts."""

from interestlake.core.schemas.all import ALL
from interestlake.privacy.erasure import erase_everything


def test_no_column_that_names_a_person_is_left_out():
    named = {
        table
        for table, contract in ALL.items()
        for column in contract.columns
        if column.name.endswith("_id") and column.meaning.split()[0] in ("person", "people", "friend", "keyed")
    }
    named |= {table for table, contract in ALL.items() if "user_index" in contract.column_names}
    plan = {erasure.table for erasure in erase_everything("u1", 7)}
    assert {"gold.people", "silver.friends", "bronze.events"} <= named
    assert named - {"silver.objections"} <= plan  # that table keeps the mark of what was asked


def test_a_proposed_person_and_a_groups_name_are_erased(spark):
    plan = erase_everything("u1", 7)
    people = spark.createDataFrame([("a", "u1"), ("u1", "b"), ("a", "b")], "user_id string, other_id string")
    condition = next(erasure.condition for erasure in plan if erasure.table == "gold.people")
    assert [tuple(row) for row in people.where(f"NOT ({condition})").collect()] == [("a", "b")]
    renamed = next(erasure for erasure in plan if erasure.table == "gold.groups" and erasure.values)
    groups = spark.createDataFrame([("a", "u1"), ("b", "a")], "user_id string, `group` string")
    assert [row["user_id"] for row in groups.where(renamed.condition).collect()] == ["a"]
    assert "u1" not in groups.where(renamed.condition).selectExpr(*renamed.values.values()).first()[0]
