"""Who is meant, without Spark: the look-up of `person.find_person` for those that it finds at once."""

import logging

import pyarrow.compute as pc
import pyarrow.dataset as ds

from ..core.plain_tables import PlainTable, Unreadable
from .names import Origin, beginning_of, by_source_id, is_text, keys_at_hand, readings, shown

LOG = logging.getLogger("interestlake")
ORIGINS = ("source", "people", "items", "item_prefix", "key_mark")


def plain_person(root: str, wanted: str, key_file: str, where: str = "--user") -> str | None:
    """The user_id that `wanted` names as `find_person` reads it, from files alone.

    None where nobody is found so, or the lake cannot be read so: `find_person` then says what is the matter. Raises
    BadInput where two people have the id.
    """
    if not wanted or not is_text(wanted):
        return None
    try:
        origins = PlainTable(f"{root}/ops/sources").rows(ORIGINS)
        keys = keys_at_hand([Origin(*row) for row in origins.sort_values("source").itertuples(index=False)], key_file,
                            f"lake {root}")  # fmt: skip
        read, beginning = readings(wanted, keys), beginning_of(wanted)
        ids = [*(one.user_id for one in read), wanted]
        asked = ds.field("user_id").isin(ids)
        if beginning:
            asked = asked | pc.starts_with(ds.field("user_id"), beginning)
        known = set(PlainTable(f"{root}/silver/users").rows(["user_id"], asked)["user_id"])
        if not known or known & _gone(root):
            return None
    except Unreadable:
        return None
    user_id = by_source_id(wanted, read, keys, known, where)
    if user_id is not None:
        return user_id
    if wanted not in known and len(known) != 1:
        return None
    user_id = wanted if wanted in known else known.pop()
    if user_id != wanted:
        LOG.info("user %s read as the pseudonym %s%s", shown(wanted), user_id, f" ({keys.why})" if keys.lacking else "")
    return user_id


def _gone(root: str) -> set[str]:
    """user_ids of those who had everything forgotten."""
    table = PlainTable(f"{root}/silver/objections")
    if table.version() is None:
        return set()
    return set(
        table.rows(["user_id"], (ds.field("kind") == "everything") & (ds.field("action") == "forget"))["user_id"]
    )
