"""What a person may be called: a source's own id, SOURCE:ID, or a pseudonym. Plain Python, for lakes and served models.

A source's id is exact and comes first; where two sources have it, neither is taken.
"""

import re
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field

from ..core.errors import BadInput
from .keys import KEY_VARIABLE, PSEUDONYM_DIGITS, SAMPLE_KEY, kept_key, key_mark, pseudonym

LEAST_DIGITS = 8  # of a pseudonym's beginning: two of a million people share one with probability 1e-4
SHOWN_CHARACTERS, SHOWN_DIGITS, SHOWN_PEOPLE = 60, 16, 5


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

    @property
    def generated(self) -> bool:
        """Whether its people are those of the sample world, whose key is public."""
        return self.key_mark == key_mark(SAMPLE_KEY) or (not self.key_mark and self.source == "sample")


@dataclass(frozen=True)
class Keys:
    """The sources whose key is at hand, and of each other one why it is not. Keys are never shown."""

    keyed: tuple[tuple[Origin, bytes], ...] = field(default=(), repr=False)
    lacking: tuple[tuple[str, str], ...] = ()  # (source, why)

    @property
    def why(self) -> str:
        """Why source ids of `lacking` cannot be read, in words."""
        reasons = "; ".join(dict.fromkeys(why for _, why in self.lacking))
        return f"no pseudonym key to read ids of {', '.join(source for source, _ in self.lacking)} with: {reasons}"


@dataclass(frozen=True)
class Reading:
    """The id `source_id` of `source` has the pseudonym `user_id`."""

    source: str
    source_id: str
    user_id: str

    @property
    def name(self) -> str:
        return f"{self.source}:{self.source_id}"


def expect_mark(origin: Origin, key: bytes, holder: str) -> None:
    """BadInput where `key` is not the one that made the people of `origin` in `holder`."""
    if origin.key_mark and origin.key_mark != key_mark(key):
        raise BadInput.of("pseudonym key", found=f"another key than the one that made the people of {origin.source} in "
                          f"{holder}", expected="that key: another makes other people of the same ids",
                          where=f"{KEY_VARIABLE} or ingest.pseudonym_key_file, or another --lake")  # fmt: skip


def key_of(origin: Origin, key_file: str, holder: str) -> bytes:
    """The key of a source. Raises BadInput where it is missing, cannot be read, or is not the one of `holder`."""
    try:
        key = kept_key("sample" if origin.generated else "other", key_file)
    except OSError as fault:
        raise BadInput.of(
            "pseudonym key",
            found=str(fault),
            expected="a file that this process may read",
            where=f"{KEY_VARIABLE} or ingest.pseudonym_key_file",
        ) from fault
    expect_mark(origin, key, holder)
    return key


def keys_at_hand(origins: Iterable[Origin], key_file: str, holder: str) -> Keys:
    """The keys of `origins`, from the variable or the file that ingest uses; what is missing is noted, not raised."""
    keyed, lacking = [], []
    for origin in origins:
        try:
            keyed.append((origin, key_of(origin, key_file, holder)))
        except BadInput as fault:
            why = str(fault).partition("; expected ")[0]
            lacking.append((origin.source, why.removeprefix("pseudonym key: found ")))
    return Keys(tuple(keyed), tuple(lacking))


def readings(wanted: str, keys: Keys) -> list[Reading]:
    """Every source's id, as it stands or behind SOURCE:, that `wanted` may be; none for what is no Unicode text."""
    if not is_text(wanted):
        return []
    found = []
    for origin, key in keys.keyed:
        for one in dict.fromkeys((wanted, wanted.removeprefix(f"{origin.source}:"))):
            if one:
                found.append(Reading(origin.source, one, pseudonym(origin.people, one, key)))
    return found


def is_text(wanted: str) -> bool:
    """Whether it can be UTF-8: a shell's bytes or a JSON escape may be half a character."""
    return not any("\ud800" <= letter <= "\udfff" for letter in wanted)


def beginning_of(wanted: str) -> str | None:
    """The beginning of a pseudonym that `wanted` may be, in lower case; None where it is none or too short."""
    fits = re.fullmatch(rf"[0-9a-fA-F]{{{LEAST_DIGITS},{PSEUDONYM_DIGITS}}}", wanted, re.ASCII)
    return wanted.lower() if fits else None


def by_source_id(wanted: str, read: list[Reading], keys: Keys, known: Container[str], where: str) -> str | None:
    """The user_id of `known` that has the source id `wanted`, None where nobody has; read: `readings` of it.

    Raises BadInput where several people have it, and where one has it and a source without its key may too.
    """
    people: dict[str, list[Reading]] = {}
    for one in read:
        if one.user_id in known:
            people.setdefault(one.user_id, []).append(one)
    if not people:
        return None
    names = [f"{same[0].name} (pseudonym {user_id[:SHOWN_DIGITS]})" for user_id, same in people.items()]
    if len(people) > 1:
        raise BadInput.of(
            f"user {shown(wanted)}",
            found=f"{len(people)} people: {', '.join(names[:SHOWN_PEOPLE])}",
            expected="one of them, as SOURCE:ID or by the pseudonym",
            where=where,
        )
    ((user_id, same),) = people.items()
    if keys.lacking and all(one.source_id == wanted for one in same):
        raise BadInput.of(
            f"user {shown(wanted)}",
            found=f"{names[0]}, and {keys.why}",
            where=where,
            expected=f"{same[0].name}, or that key: two sources may have this id",
        )
    return user_id


def by_pseudonym(
    wanted: str, keys: Keys, known: Iterable[str], where: str, near: Callable[[], Mapping[str, str]]
) -> str:
    """The user_id that is `wanted`, or the only one that begins so; known: every such one, and others.

    Raises BadInput for nobody, with the names of near(), {user_id: name}, and for several.
    """
    beginning = beginning_of(wanted)
    whole = [one for one in known if one in (wanted, beginning)]
    begun = whole or sorted(one for one in known if beginning and one.startswith(beginning))
    if len(begun) == 1:
        return begun[0]
    if begun:
        several = ", ".join(user_id[:SHOWN_DIGITS] for user_id in begun[:SHOWN_PEOPLE])
        found = f"{len(begun)} people whose pseudonym begins so: {several}"
    else:
        found = f"nobody, and {keys.why}" if keys.lacking else "nobody"
        names = ", ".join(near().values())
        found += f"; near it: {names}" if names else ""
    with_key = " with that key" if keys.lacking else ""
    raise BadInput.of(
        f"user {shown(wanted)}",
        found=found,
        expected=f"a source's user id{with_key}, or {LEAST_DIGITS} or more digits of a pseudonym",
        where=where + (f", {KEY_VARIABLE} or ingest.pseudonym_key_file" if keys.lacking else ""),
    )


def shown(wanted: str) -> str:
    """A name in quotes for a message, cut where it is long."""
    return repr(wanted if len(wanted) <= SHOWN_CHARACTERS else f"{wanted[:SHOWN_CHARACTERS]}…")
