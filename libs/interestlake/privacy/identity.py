"""Whose ids a source's ids are, and whether a key is the one that made the pseudonyms of a lake."""

from pyspark.sql import DataFrame

from ..core.config import NO_PEOPLE
from ..core.errors import BadInput
from ..core.lake import Lake, one_row
from .keys import SAMPLE_KEY, kept_key, key_mark, pseudonym_key
from .names import Origin, expect_mark, key_of

TABLE = "ops.sources"


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
        raise BadInput.of(
            f"lake {lake.root}",
            found=f"people of an earlier version, and no {TABLE}",
            expected="an empty folder: a pseudonym is made of source and id",
            where="--lake",
        )
    secret = [known for known in there if known.key_mark != key_mark(SAMPLE_KEY)]
    if generated:
        key = SAMPLE_KEY
    else:  # a lake with people in it is no reason to make a new key
        key = kept_key("other", key_file) if secret else pseudonym_key("other", key_file)
    same = [known for known in there if known.source == origin.source]
    for known in same if generated else secret + same:
        expect_mark(known, key, f"lake {lake.root}")
    if same and (same[0].people, same[0].items) != (origin.people, origin.items):
        found = f"identity {origin.people}, catalogue {origin.items}"
        expected = f"identity {same[0].people}, catalogue {same[0].items}, as when it was loaded first"
        raise BadInput.of(f"source {origin.source}", found=found, expected=expected, where="the mapping, or --lake")
    prefixes = {known.items: known.item_prefix for known in there}
    prefix = prefixes.get(origin.items, f"{origin.items}:" if there else "")
    return Origin(origin.source, origin.people, origin.items, prefix, key_mark(key)), key


def origin_row(lake: Lake, origin: Origin) -> DataFrame:
    """The row of ops.sources."""
    return one_row(lake.spark, TABLE, vars(origin))


def keyed_origins(lake: Lake, key_file: str) -> list[tuple[Origin, bytes]]:
    """Every source of the lake with its key. Raises BadInput where a key is missing, or is not the lake's."""
    return [(origin, key_of(origin, key_file, f"lake {lake.root}")) for origin in origins(lake)]
