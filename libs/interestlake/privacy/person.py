"""Who is meant: the one look-up of every command that names a person."""

import logging
from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.stage import expect_lake
from .identity import origins
from .names import beginning_of, by_pseudonym, by_source_id, is_text, keys_at_hand, readings, shown
from .near import near_people
from .objections import TABLE as OBJECTIONS

LOG = logging.getLogger("interestlake")
WHO = "interestlake who"  # the command that lists people
MOST_ROWS = 50


@dataclass(frozen=True)
class Person:
    """A person of the lake; `user_index` None where everything of them was forgotten."""

    user_id: str
    user_index: int | None


def find_person(lake: Lake, wanted: str, key_file: str, where: str = "--user", forgotten_too: bool = False) -> Person:
    """The person that `wanted` names: the source's own id or SOURCE:ID, exact, before a pseudonym, whole or by a
    beginning of eight hex digits or more that one person has, which is said in the log.

    Runs two or three small Spark jobs, two more where it fails. Raises BadInput where the lake has no people yet; where
    nobody is meant, with the nearest; where several are, as where two sources have the id; without the lake's key for
    all that is no pseudonym; and, unless `forgotten_too`, where everything of the person was forgotten.
    """
    people = people_of(lake)
    if not wanted or not is_text(wanted):
        raise BadInput.of("user", found=shown(wanted) if wanted else "no id", expected="a source's user id, or a "
                          "pseudonym", where=f"{where} ({WHO} lists people)")  # fmt: skip
    keys = keys_at_hand(origins(lake), key_file, f"lake {lake.root}")
    read, beginning = readings(wanted, keys), beginning_of(wanted)
    exact = F.col("user_id").isin([*(one.user_id for one in read), wanted, beginning or wanted])
    rows = people.where(exact | F.col("user_id").startswith(beginning) if beginning else exact)
    # what is named whole comes first: many may begin so
    found = rows.orderBy(~exact, "user_id").limit(MOST_ROWS).collect()
    known = {row["user_id"]: row["user_index"] for row in found}
    user_id = by_source_id(wanted, read, keys, known, where)
    if user_id is None:
        present = people.where("user_index IS NOT NULL")
        at = f"{where} ({WHO} lists people)"
        user_id = by_pseudonym(wanted, keys, known, at, lambda: near_people(present, wanted, keys))
        if user_id != wanted:
            why = f" ({keys.why})" if keys.lacking else ""
            LOG.info("user %s read as the pseudonym %s%s", shown(wanted), user_id, why)
    if known[user_id] is None and not forgotten_too:
        raise BadInput.of(f"user {shown(wanted)}", found="everything of this person forgotten, as they asked",
                          expected="somebody else", where=f"{where} ({WHO} lists people)")  # fmt: skip
    return Person(user_id, known[user_id])


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
