"""The order of `reading_order`, and what is told of a person at all, for rows in this process, without Spark."""

from collections.abc import Iterable, Mapping

NAMED_KINDS = ("category", "tag", "entity")
AS_EVERYBODY = 0.5  # the strength of what a person chooses as often as everybody does
DEAR = 0.55  # strength from which on an interest is held dear: chosen 1.2 times as often as by everybody
LEAST_ITEMS = 5  # of a history, below which nothing is said of what a person holds dear
LEADING = 3


def reading_key(row: Mapping) -> tuple:
    """What is chosen beyond what everybody chooses, then the rest; each by `class_of`, strength, share and id.

    row(kind, interest_id, strength, share): an interest of a person.
    """
    word = row["kind"] == "keyword" and " " not in row["interest_id"].strip()
    first = 0 if row["kind"] in NAMED_KINDS else 2 if word else 1
    return not beyond(row), first, -row["strength"], -row["share"], row["interest_id"]


def beyond(row: Mapping) -> bool:
    """Whether an interest is surely chosen more than everybody does."""
    return row["strength"] > AS_EVERYBODY


def is_told(row: Mapping) -> bool:
    """Whether an interest is told of its person: named kinds are what the items are; words and topics, cut out of their
    texts, say something of the person only where they are chosen beyond what everybody chooses."""
    return row["kind"] in NAMED_KINDS or beyond(row)


def leading(rows: Iterable[Mapping], items: int) -> list[Mapping]:
    """The LEADING first in reading order of a person's interests from DEAR on: of NAMED_KINDS, or where none of these
    is so strong, of words and topics; none of a history of fewer than LEAST_ITEMS `items`."""
    if items < LEAST_ITEMS:
        return []
    surely = sorted((row for row in rows if row["strength"] >= DEAR), key=reading_key)
    return ([row for row in surely if row["kind"] in NAMED_KINDS] or surely)[:LEADING]
