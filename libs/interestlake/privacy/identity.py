"""Whose ids a source's ids are, and whether a key is the one that made the pseudonyms of a lake."""

import hashlib
import hmac
from dataclasses import dataclass

from ..core.config import NO_PEOPLE
from ..core.errors import BadInput
from ..core.lake import Lake, one_row
from .pseudonyms import KEY_VARIABLE, SAMPLE_KEY, kept_key, pseudonym, pseudonym_key

TABLE = "ops.sources"
MARKED = b"interestlake: which pseudonym key"


@dataclass(frozen=True)
class Origin:
    """A source of a lake: equal user ids of one `people` are one person, equal item ids of one `items` one item.

    `item_prefix` stands before the source's item ids; `key_mark` is its key's `key_mark`, empty where none is noted.
    """

    source: str
    people: str
    items: str
    item_prefix: str = ""
    key_mark: str = ""


def key_mark(key: bytes) -> str:
    """64 hex digits that tell one key from another and nothing else: HMAC-SHA256 of a constant under the key."""
    return hmac.new(key, MARKED, hashlib.sha256).hexdigest()


def origins(lake: Lake) -> list[Origin]:
    """The sources of a lake by name; of a lake without ops.sources those of its runs, each its own. One Spark job."""
    if lake.exists(TABLE):
        rows = lake.read(TABLE).orderBy("source").collect()
        return [Origin(row["source"], row["people"], row["items"], row["item_prefix"], row["key_mark"]) for row in rows]
    if not lake.exists("ops.runs"):
        return []
    names = {row["source"] for row in lake.read("ops.runs").select("source").distinct().collect()}
    return [Origin(name, name, name) for name in sorted(names - set(NO_PEOPLE))]


def place_origin(lake: Lake, origin: Origin, generated: bool, key_file: str) -> tuple[Origin, bytes]:
    """A source that is to be loaded -> the same with prefix and mark as in this lake, and its key. No effect.

    The catalogue that was loaded first keeps its item ids; an item of any other is `<items>:<id>`. generated: the
    source brings people of the sample world, whose key is public. Raises BadInput where the lake's pseudonyms were
    made by another key or without a source, and where the source stands for other people or items than before.
    """
    there = origins(lake) if lake.exists(TABLE) else []
    if not there and lake.exists("bronze.events"):
        raise BadInput.of(f"lake {lake.root}", found=f"people of an earlier version, and no {TABLE}",
                          expected="an empty folder: a pseudonym is made of source and id", where="--lake")
    secret = [known for known in there if known.key_mark != key_mark(SAMPLE_KEY)]
    if generated:
        key = SAMPLE_KEY
    else:  # a lake with people in it is no reason to make a new key
        key = kept_key("other", key_file) if secret else pseudonym_key("other", key_file)
    same = [known for known in there if known.source == origin.source]
    for known in same if generated else secret + same:
        _expect_mark(lake, known, key)
    if same and (same[0].people, same[0].items) != (origin.people, origin.items):
        found = f"identity {origin.people}, catalogue {origin.items}"
        expected = f"identity {same[0].people}, catalogue {same[0].items}, as when it was loaded first"
        raise BadInput.of(f"source {origin.source}", found=found, expected=expected, where="the mapping, or --lake")
    prefixes = {known.items: known.item_prefix for known in there}
    prefix = prefixes.get(origin.items, f"{origin.items}:" if there else "")
    return Origin(origin.source, origin.people, origin.items, prefix, key_mark(key)), key


def origin_row(lake: Lake, origin: Origin):
    """The row of ops.sources."""
    return one_row(lake.spark, TABLE, vars(origin))


def keyed_origins(lake: Lake, key_file: str) -> list[tuple[Origin, bytes]]:
    """Every source of the lake with its key. Raises BadInput where a key is missing, or is not the lake's."""
    return [(origin, _key_of(lake, origin, key_file)) for origin in origins(lake)]


def pseudonyms_of(lake: Lake, user: str, key_file: str) -> list[str]:
    """The pseudonyms that a source's user id, or SOURCE:ID, may stand for: one per identity of the lake.

    Raises BadInput where no source's key is at hand, or is the lake's.
    """
    found, fault = {}, None
    for origin in origins(lake):
        try:
            key = _key_of(lake, origin, key_file)
        except BadInput as error:
            fault = error
            continue
        named = user.removeprefix(f"{origin.source}:")
        for one in dict.fromkeys((user, named)):
            found[pseudonym(origin.people, one, key)] = None
    if fault and not found:
        raise fault
    return list(found)


def _key_of(lake: Lake, origin: Origin, key_file: str) -> bytes:
    generated = origin.key_mark == key_mark(SAMPLE_KEY) or (not origin.key_mark and origin.source == "sample")
    key = kept_key("sample" if generated else "other", key_file)
    _expect_mark(lake, origin, key)
    return key


def _expect_mark(lake: Lake, origin: Origin, key: bytes) -> None:
    if origin.key_mark and origin.key_mark != key_mark(key):
        raise BadInput.of("pseudonym key", found=f"another key than the one that made the people of {origin.source} in "
                          f"lake {lake.root}", expected="that key: another makes other people of the same ids",
                          where=f"{KEY_VARIABLE} or ingest.pseudonym_key_file, or another --lake")  # fmt: skip
