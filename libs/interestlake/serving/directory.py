"""Whom and what a lake has: people to try a command on, and items by title. A few rows, however large the lake."""

from collections.abc import Collection
from typing import Protocol

from ..privacy.meant import People
from ..privacy.names import Keys

NEAR_TITLES, NEAR_EDITS = 5, 2
NEEDED, NEEDED_FROM = ("silver.users", "silver.items"), "interestlake run --until prepare"


class Directory(Protocol):
    """Rows of people are dicts with user_id, segment, item_count and last_ts (naive UTC or None), the longest histories
    first, ties by user_id; segment: of SEGMENT_NAMES by item_count, the items of the train split. Rows of items have
    item_id, title, categories and people, the most chosen first, ties by id.
    """

    @property
    def people(self) -> People:
        """The people of the lake."""

    def count(self) -> int:
        """How many people there are."""

    def to_try(self, limit: int) -> list[dict]:
        """At most `limit` people. Segments take turns, so that short histories are among them."""

    def named(self, user_ids: Collection[str], limit: int) -> list[dict]:
        """The people of these ids."""

    def source_ids(self, user_ids: Collection[str], keys: Keys, count: int) -> dict[str, tuple[str, str]]:
        """user_id -> (source, source_id) where that id is a number, see `found_again`."""

    def by_title(self, text: str | None, limit: int) -> list[dict]:
        """Items whose title holds `text`, in any case (`titles.folded`), letter by letter; None = every item."""

    def titled(self, text: str, limit: int) -> list[dict]:
        """Items of whose title `text` is one of `titles.names`."""

    def near_ids(self, text: str, limit: int) -> list[dict]:
        """Items whose id at most NEAR_EDITS single edits turn into `text`, and fewer than it has letters; nearest
        first, then the most chosen."""

    def near_titles(self, text: str) -> list[dict]:
        """The NEAR_TITLES items of whose title what is `titles.compared` takes the fewest edits to be `text`: at most
        `titles.most_edits_of_title`."""


def most_edits(item_id: str) -> int:
    """How far an id may be from `item_id` to be near it."""
    return min(NEAR_EDITS, len(item_id) - 1)
