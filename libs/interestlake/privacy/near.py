"""Who may have been meant by an id that nobody has: spellings near it, looked up by their pseudonyms."""

import re
import unicodedata
from collections.abc import Iterator
from difflib import SequenceMatcher, get_close_matches
from itertools import combinations, islice
from typing import TYPE_CHECKING

from .keys import PSEUDONYM_DIGITS
from .names import LEAST_DIGITS, SHOWN_DIGITS, SHOWN_PEOPLE, Keys, readings

if TYPE_CHECKING:
    from .meant import People

MOST_SPELLINGS = 3_000  # each is one HMAC per source and one literal of the look-up
LONGEST = 64  # characters of an id whose letters are varied
LEAST_BEGINNING, MOST_CHANGES = 4, 2  # digits of a pseudonym that are compared, and how many of them may differ
WIDTHS, PREFIXES = range(2, 11), ("", "u", "U", "user", "user_", "user-")


def spellings(wanted: str) -> list[str]:
    """At most MOST_SPELLINGS ids near `wanted`, without it: other case, form or padding first, then single edits."""
    found = dict.fromkeys(islice(_spellings(wanted), 2 * MOST_SPELLINGS))
    found.pop(wanted, None)
    found.pop("", None)
    return list(found)[:MOST_SPELLINGS]


def _spellings(wanted: str) -> Iterator[str]:
    bare = wanted.strip().strip("'\"").strip()
    yield from (bare, bare.lower(), bare.upper(), bare.title(), bare.replace(" ", ""), bare.replace(" ", "_"))
    yield from (unicodedata.normalize(form, bare) for form in ("NFC", "NFD", "NFKC"))
    if len(bare) > LONGEST:
        return
    if number := re.fullmatch(r"(\D*)0*(\d+)", bare, re.ASCII):
        before, digits = number.groups()
        for prefix in dict.fromkeys((before, *PREFIXES)):
            yield prefix + digits
            yield from (prefix + digits.zfill(width) for width in WIDTHS)
    yield from _edits(bare)
    if 2 < len(bare) <= LEAST_DIGITS:
        yield from map("".join, combinations(bare, len(bare) - 2))


def _edits(text: str) -> Iterator[str]:
    """One letter less, swapped with the next, changed, or more; new letters are of the kinds that the text has."""
    kinds = ((str.isdigit, "0123456789"), (str.islower, "abcdefghijklmnopqrstuvwxyz"),
             (str.isupper, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))  # fmt: skip
    letters = "".join(letters for is_kind, letters in kinds if any(map(is_kind, text))) + "_-"
    places = range(len(text))
    yield from (text[:i] + text[i + 1 :] for i in places)
    yield from (text[:i] + text[i + 1] + text[i] + text[i + 2 :] for i in places[:-1])
    yield from (text[:i] + letter + text[i + 1 :] for i in reversed(places) for letter in letters)
    yield from (text[:i] + letter + text[i:] for i in reversed(range(len(text) + 1)) for letter in letters)


def near_people(people: "People", wanted: str, keys: Keys) -> dict[str, str]:
    """user_id -> name of the people whose source id or pseudonym is near `wanted`, nearest first.

    SHOWN_PEOPLE of each kind at most. Looks source ids up where a key is at hand, and pseudonyms where `wanted` may be
    the beginning of one; collects MOST_SPELLINGS rows a source at most.
    """
    several = len({origin.source for origin, _ in keys.keyed}) > 1
    named: dict[str, str] = {}
    source, colon, source_id = wanted.partition(":")
    sources = [origin.source for origin, _ in keys.keyed]
    tried = [f"{one}:{source_id}" for one in get_close_matches(source, sources, 3, 0.5)] if colon else []
    for spelling in (*tried, *spellings(wanted)):
        for one in readings(spelling, keys):
            named.setdefault(one.user_id, one.name if several else one.source_id)
    there = sorted(people.present(named), key=lambda user_id: _order(wanted, named[user_id])) if named else []
    near = {user_id: named[user_id] for user_id in there[:SHOWN_PEOPLE]}
    return near | {user_id: f"pseudonym {user_id[:SHOWN_DIGITS]}" for user_id in _near_pseudonyms(people, wanted)}


def _order(wanted: str, name: str) -> tuple:
    alike = SequenceMatcher(None, wanted.lower(), name.lower(), autojunk=False).ratio()
    return -alike, abs(len(name) - len(wanted)), name


def _near_pseudonyms(people: "People", wanted: str) -> list[str]:
    if not re.fullmatch(rf"[0-9a-fA-F]{{{LEAST_BEGINNING},{PSEUDONYM_DIGITS}}}", wanted, re.ASCII):
        return []
    # of few digits every other beginning is near
    most = MOST_CHANGES if len(wanted) >= LEAST_DIGITS else 0
    return people.near_beginnings(wanted.lower(), most, SHOWN_PEOPLE)
