"""Who is meant: a source's user id, a pseudonym or its beginning."""

import hashlib
import hmac
from dataclasses import dataclass

from pyspark.sql import functions as F

from ..core.config import FEEDBACK
from ..core.errors import BadInput
from ..core.lake import Lake
from .objections import TABLE as OBJECTIONS
from .pseudonyms import PSEUDONYM_DIGITS, kept_key

LEAST_DIGITS = 4


@dataclass(frozen=True)
class Person:
    """A person of the lake; `user_index` None where everything of them was forgotten."""

    user_id: str
    user_index: int | None


def find_person(lake: Lake, wanted: str, key_file: str) -> Person:
    """The person whose source id, pseudonym or unique beginning of it (LEAST_DIGITS or more) is `wanted`.

    Runs two or three small Spark jobs. Raises BadInput where there is no lake, nobody, or more than one.
    """
    if not lake.exists("silver.users"):
        expected = "a lake that `interestlake run` has made"
        raise BadInput.of(f"lake {lake.root}", found="no silver.users", expected=expected, where="--lake")
    users = lake.read("silver.users").select("user_id", "user_index")
    pseudonym = _pseudonym(lake, wanted, key_file)
    names = [wanted] + ([pseudonym] if pseudonym else [])
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
    raise BadInput.of(
        f"user {wanted!r}", found="nobody" if not rows else f"{len(rows)} people", where="--user",
        expected="the source's user id (with the pseudonym key of ingest), a user_id of silver.users, or a beginning "
                 f"of {LEAST_DIGITS} or more characters that one person has",
    )


def _pseudonym(lake: Lake, wanted: str, key_file: str) -> str | None:
    """`privacy.pseudonyms.pseudonymise` of one id; None where the key is not on this machine."""
    if not lake.exists("ops.runs"):
        return None
    sources = {row["source"] for row in lake.read("ops.runs").select("source").distinct().collect()}
    try:
        key = kept_key("sample" if sources - {FEEDBACK, "as ingested"} == {"sample"} else "other", key_file)
    except BadInput:
        return None
    return hmac.new(key, wanted.encode(), hashlib.sha256).hexdigest()[:PSEUDONYM_DIGITS]
