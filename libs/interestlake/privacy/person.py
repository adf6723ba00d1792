"""Who is meant: a source's user id, a pseudonym or its beginning."""

from dataclasses import dataclass

from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.lake import Lake
from .identity import pseudonyms_of
from .objections import TABLE as OBJECTIONS

LEAST_DIGITS = 4


@dataclass(frozen=True)
class Person:
    """A person of the lake; `user_index` None where everything of them was forgotten."""

    user_id: str
    user_index: int | None


def find_person(lake: Lake, wanted: str, key_file: str) -> Person:
    """The person whose source id, SOURCE:ID, pseudonym or unique beginning of it (LEAST_DIGITS or more) is `wanted`.

    Runs two or three small Spark jobs. Raises BadInput where there is no lake, nobody, or more than one, as where two
    sources have that id; and where nobody is found without the lake's key.
    """
    if not lake.exists("silver.users"):
        expected = "a lake that `interestlake run` has made"
        raise BadInput.of(f"lake {lake.root}", found="no silver.users", expected=expected, where="--lake")
    users = lake.read("silver.users").select("user_id", "user_index")
    names, fault = [wanted], None
    try:
        names += pseudonyms_of(lake, wanted, key_file)
    except BadInput as error:  # a pseudonym needs no key
        fault = error
    condition = F.col("user_id").isin(names)
    if len(wanted) >= LEAST_DIGITS:
        condition |= F.col("user_id").startswith(wanted)
    rows = users.where(condition).orderBy("user_id").limit(50).collect()
    exact = [row for row in rows if row["user_id"] in names]
    if len(exact or rows) == 1:
        row = (exact or rows)[0]
        return Person(row["user_id"], row["user_index"])
    if not rows and lake.exists(OBJECTIONS):
        gone = lake.read(OBJECTIONS).where("kind = 'everything'").where(F.col("user_id").isin(names)).first()
        if gone:
            return Person(gone["user_id"], None)
    if fault and not rows:
        raise fault
    raise BadInput.of(
        f"user {wanted!r}", found="nobody" if not rows else f"{len(exact or rows)} people", where="--user",
        expected="the source's user id (with the pseudonym key of ingest; SOURCE:ID where two sources have it), a "
                 f"user_id of silver.users, or a beginning of {LEAST_DIGITS} or more characters that one person has",
    )
