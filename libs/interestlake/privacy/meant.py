"""Who is meant by an id: one reading of it, whether Spark looks people up or this process does."""

import logging
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from ..core.errors import BadInput
from .names import (
    SHOWN_DIGITS,
    Origin,
    beginning_of,
    by_pseudonym,
    by_source_id,
    is_text,
    keys_at_hand,
    readings,
    shown,
)
from .near import near_people

LOG = logging.getLogger("interestlake")
WHO = "interestlake who"  # the command that lists people
MOST_ROWS = 50


@dataclass(frozen=True)
class Person:
    """A person of the lake; `user_index` None where everything of them was forgotten."""

    user_id: str
    user_index: int | None


class People(Protocol):
    """The people of one lake, the forgotten among them."""

    root: str

    def origins(self) -> list[Origin]:
        """The sources, see `identity.origins`. Raises BadInput where the lake has no people yet."""

    def named(self, ids: Collection[str], beginning: str | None) -> dict[str, int | None]:
        """user_id -> user_index of the people with one of `ids`, and of some whose pseudonym begins so, MOST_ROWS at
        most; None stands for the forgotten."""

    def present(self, ids: Collection[str]) -> list[str]:
        """Those of `ids` that are people who are not forgotten."""

    def near_beginnings(self, beginning: str, changes: int, limit: int) -> list[str]:
        """user_ids whose first digits are at most so many edits from `beginning`, nearest first, ties by id."""


def meant(people: People, wanted: str, key_file: str, where: str = "--user", forgotten_too: bool = False) -> Person:
    """The person that `wanted` names: the source's own id or SOURCE:ID, exact, before a pseudonym, whole or by a
    beginning of eight hex digits or more that one person has, which is said in the log.

    Raises BadInput where the lake has no people yet; where nobody is meant, with the nearest; where several are, as
    where two sources have the id; without the lake's key for all that is no pseudonym; and, unless `forgotten_too`,
    where everything of the person was forgotten.
    """
    origins, at = people.origins(), f"{where} ({WHO} lists people)"
    if not wanted or not is_text(wanted):
        raise BadInput.of("user", found=shown(wanted) if wanted else "no id", expected="a source's user id, or a "
                          "pseudonym", where=at)  # fmt: skip
    keys = keys_at_hand(origins, key_file, f"lake {people.root}")
    read, beginning = readings(wanted, keys), beginning_of(wanted)
    known = people.named([*(one.user_id for one in read), wanted, beginning or wanted], beginning)
    user_id = by_source_id(wanted, read, keys, known, where)
    if user_id is None:
        if not origins and not any(one == wanted or (beginning and one.startswith(beginning)) for one in known):
            raise BadInput.of(f"lake {people.root}", found="people, but no ops.sources, by which their ids are read",
                              expected="its folder ops, copied with it or restored from a backup",
                              where="--lake")  # fmt: skip
        user_id = by_pseudonym(wanted, keys, known, at, lambda: near_people(people, wanted, keys))
        if user_id != wanted:
            lacking = " (no pseudonym key)" if keys.lacking else ""
            LOG.info("user %s read as the pseudonym %s%s", shown(wanted), user_id[:SHOWN_DIGITS], lacking)
    if known[user_id] is None and not forgotten_too:
        raise BadInput.of(f"user {shown(wanted)}", found="everything of this person forgotten, as they asked",
                          expected="somebody else", where=at)  # fmt: skip
    return Person(user_id, known[user_id])
