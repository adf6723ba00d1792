"""Who is meant, looked up by Spark: the one look-up of every command that names a person."""

from collections.abc import Collection

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lake import Lake
from ..core.stage import expect_lake
from ..core.text_literals import in_list
from .identity import origins
from .meant import MOST_ROWS, Person, meant
from .names import Origin
from .objections import TABLE as OBJECTIONS


class LakePeople:
    """`meant.People` of a lake; each call is one or two small Spark jobs."""

    def __init__(self, lake: Lake):
        self.root, self._lake = lake.root, lake

    def origins(self) -> list[Origin]:
        expect_lake(self._lake, ("silver.users",), "interestlake run --until prepare")
        return origins(self._lake)

    def named(self, ids: Collection[str], beginning: str | None) -> dict[str, int | None]:
        exact = F.expr(in_list("user_id", ids))
        people = people_of(self._lake)
        rows = people.where(exact | F.col("user_id").startswith(beginning) if beginning else exact)
        # what is named whole comes first: many may begin so
        some = rows.orderBy(~exact, "user_id").limit(MOST_ROWS).collect()
        return {row["user_id"]: row["user_index"] for row in some}

    def present(self, ids: Collection[str]) -> list[str]:
        rows = self._lake.read("silver.users").where(in_list("user_id", ids)).select("user_id").collect()
        return [row["user_id"] for row in rows]

    def near_beginnings(self, beginning: str, changes: int, limit: int) -> list[str]:
        edits = F.levenshtein(F.substring("user_id", 1, len(beginning)), F.lit(beginning))
        near = self._lake.read("silver.users").select("user_id", edits.alias("edits"))
        near = near.where(F.col("edits") <= changes).orderBy("edits", "user_id").limit(limit)
        return [row["user_id"] for row in near.collect()]


def find_person(lake: Lake, wanted: str, key_file: str, where: str = "--user", forgotten_too: bool = False) -> Person:
    """The person that `wanted` names, see `meant`. Two or three small Spark jobs, two more where it fails."""
    return meant(LakePeople(lake), wanted, key_file, where, forgotten_too)


def people_of(lake: Lake) -> DataFrame:
    """(user_id, user_index) of everybody in silver.users, and of the forgotten with null. Lazy.

    Raises BadInput where there is no such table.
    """
    expect_lake(lake, ("silver.users",), "interestlake run --until prepare")
    users = lake.read("silver.users").select("user_id", "user_index")
    if not lake.exists(OBJECTIONS):
        return users
    gone = lake.read(OBJECTIONS).where("kind = 'everything' AND action = 'forget'").select("user_id").distinct()
    # a call that was killed leaves the mark and the row
    gone = gone.join(users, "user_id", "left_anti").withColumn("user_index", F.lit(None).cast("int"))
    return users.unionByName(gone)


__all__ = ["LakePeople", "Person", "find_person", "people_of"]
