"""The order of `reading_order` for rows in this process, without Spark."""

from collections.abc import Mapping

NAMED_KINDS = ("category", "tag", "entity")


def reading_key(row: Mapping) -> tuple:
    """The order of `reading_order.class_of`, strength, share and id.

    row(kind, interest_id, strength, share): an interest of a person.
    """
    word = row["kind"] == "keyword" and " " not in row["interest_id"].strip()
    first = 0 if row["kind"] in NAMED_KINDS else 2 if word else 1
    return first, -row["strength"], -row["share"], row["interest_id"]
