"""One short sentence that says why an item is recommended, made only of facts that the row carries."""

import html
import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..core.counted import counted
from ..core.present import present
from .named_facts import CATEGORY

MIN_SHARE = 0.15  # a second source is named from this share of the score
MAX_TITLE = 80
TITLE_WORDS = 8
NAME_WORDS = 5
MAX_WORDS = 25
ENTRIES_PER_ITEM = 2  # entries of one list that one item of the history may explain
INTERESTS = 3  # strongest shared ones, of which a sentence names one or two
ENOUGH = 5  # items with a place left, from which on a sentence may name a second one
NEAR_THE_STRONGEST = 12  # items with a place left among which one with a fact, or most like the item, goes first
NO_HISTORY = "You have no history here yet"
LINKED = ("together", "next", "text", "facts")  # codes that point at items of the history
SAYS_LITTLE = ("pattern", "popular")  # codes that are no more to say where another leads
ABOUT = ("facts", "text")  # of these, the ones that say what both items are about
TELLING = 0.25  # of the strongest's share, from which a fact that both items share is said in its place


@dataclass(frozen=True)
class ReasonFacts:
    """What one sentence may use.

    shares: reason code -> share of the score. linked: code of LINKED -> columns of all history items through which it
    speaks for the item, strongest first; titles: (I,) of all columns. chosen_together: the same people chose those of
    "together" and the item. user_count: people who chose the item. interests: names of interests that person and item
    share, strongest first. facts: history column -> (relation, value) that it shares with the item; alike: -> share of
    what is known of both that they have in common, in [0, 1].
    """

    shares: Mapping[str, float]
    linked: Mapping[str, Sequence[int]]
    titles: Sequence[str] | np.ndarray
    chosen_together: bool
    user_count: int
    interests: Sequence[str]
    has_history: bool
    facts: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    alike: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """code: the strongest thing said; named: columns of the history that the sentence names; fact: (relation, value)
    that it names, or (); interests: names that it names; text: the sentence."""

    code: str
    named: tuple[int, ...]
    fact: tuple[str, ...]
    interests: tuple[str, ...]
    text: str


@dataclass
class Used:
    """The sentences of one list so far, and what they named: columns of the history, how often; sets of interests."""

    columns: Counter = field(default_factory=Counter)
    interests: set[tuple[str, ...]] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)


def write_reason(facts: ReasonFacts, used: Used | None = None) -> Reason:
    """Facts -> a code and a sentence of plain text of at most MAX_WORDS words, which is never empty; notes in `used`.

    The strongest code that has an item to point at leads, or a fact by name where what items are about has TELLING of
    its share (see `_telling`); else the strongest of the others. An item that explains ENTRIES_PER_ITEM entries of the
    list gives way to the next. One more thing is said where there is room: a fact that both items share, a shared
    interest, a second item where ENOUGH or more have a place left, or a second code of MIN_SHARE or more;
    the first with which no sentence of the list stands twice. Of every other sentence an interest leads.

    Example: People who chose “Forrest Gump” also chose this; same director, Robert Zemeckis.
    """
    used = Used() if used is None else used
    weight = facts.shares
    spoken = sorted((code for code in weight if weight[code] > 0), key=lambda code: (-weight[code], code))
    link, column = _telling(*_pointed_at(spoken, facts, used), facts, used)
    others = [code for code in spoken if code not in LINKED and (weight[code] >= MIN_SHARE or link is None)]
    interests = _interests(facts.interests, used)
    shared = f"it fits your interest in {listed(interests)}" if interests else ""
    fact = facts.facts.get(column) if link else None
    more: list[tuple[str, str]] = []
    if fact and link != "facts" and fact[0] != CATEGORY:
        more.append(("fact", f"; {in_common(*fact)}"))
    if shared:
        more.append(("interest", f", and {shared}"))
    second = _second(link, column, facts, used)
    if link and second is not None:
        more.append(("second", _linked_also(link, quoted(facts.titles[second]), facts.chosen_together)))
    more += [(code, f", and {_clause(code, facts)}") for code in others if code not in SAYS_LITTLE]
    if link:
        code, lead = link, _linked_lead(link, quoted(facts.titles[column]), facts.chosen_together, fact)
    elif others or not shared:
        code = others[0] if others else "popular"
        lead, more = _clause(code, facts), [pair for pair in more if pair[0] != code]
    else:
        code, lead, more = "interest", shared, []
    start = "" if facts.has_history or link else f"{NO_HISTORY}: "
    text = start + (lead if start else lead[0].upper() + lead[1:])
    short = [(what, c) for what, c in more if len(f"{text}{c}".split()) <= MAX_WORDS] + [(code, "")]
    said, clause = next((one for one in short if f"{text}{one[1]}." not in used.texts), short[0])
    whole = f"{text}{clause}."
    if link and said == "interest" and len(used.texts) % 2:  # a list whose sentences all begin alike tires its reader
        whole = f"It fits your interest in {listed(interests)}, and {lead}."
    interests = interests if "interest" in (code, said) else ()
    named = ([column] if link else []) + ([second] if said == "second" and second is not None else [])
    used.columns.update(named)
    used.interests.add(interests)
    used.texts.add(whole)
    named_fact = fact if fact and (link == "facts" or said == "fact") else ()
    return Reason(code, tuple(map(int, named)), tuple(named_fact), interests, whole)


def _interests(shared: Sequence[str], used: Used) -> tuple[str, ...]:
    """The strongest two of `shared`, or one, that no sentence of the list has named together yet; () where all were."""
    names = list(dict.fromkeys(shortened(name, NAME_WORDS) for name in shared))[:INTERESTS]
    sets = [*itertools.combinations(names, 2), *((name,) for name in names)]
    return next((one for one in sets if one not in used.interests), ())


def _telling(link: str | None, column: int, facts: ReasonFacts, used: Used) -> tuple[str | None, int]:
    """The lead and its item, or ("facts", an item that shares a fact by name), which says more.

    Facts and texts, which both say what items are about, have TELLING of the lead's share or more between them, facts a
    part of it, and one of them speaks for the entry through that item.
    """
    about = [facts.shares.get(code, 0.0) for code in ABOUT]
    if link is None or link in ABOUT or not about[0] or sum(about) < TELLING * facts.shares[link]:
        return link, column
    near = [c for code in ABOUT for c in _free(code, facts, used)[:NEAR_THE_STRONGEST]]
    told = [c for c in _most_alike(near, facts) if c in facts.facts and facts.facts[c][0] != CATEGORY]
    return ("facts", told[0]) if told else (link, column)


def _free(code: str, facts: ReasonFacts, used: Used) -> list[int]:
    """The items through which a code speaks that have a place left, strongest first."""
    return [int(c) for c in facts.linked.get(code, ()) if used.columns[c] < ENTRIES_PER_ITEM]


def _pointed_at(spoken: Sequence[str], facts: ReasonFacts, used: Used) -> tuple[str | None, int]:
    """The strongest code with an item that has a place left, and that item; (None, -1) where there is none."""
    for code in spoken:
        if code not in LINKED:
            continue
        free = _free(code, facts, used)
        if code == "facts":
            free = [c for c in free if c in facts.facts]
        if free:
            of_a_kind = _most_alike([c for c in free[:NEAR_THE_STRONGEST] if c in facts.facts], facts)
            told = [c for c in of_a_kind if facts.facts[c][0] != CATEGORY]
            return code, (told or of_a_kind or free)[0]
    return None, -1


def _most_alike(columns: Sequence[int], facts: ReasonFacts) -> list[int]:
    """Those that have most in common with the item first; of equal ones the stronger."""
    return sorted(columns, key=lambda c: -facts.alike.get(c, 0.0))


def _second(link: str | None, column: int, facts: ReasonFacts, used: Used) -> int | None:
    """Another item through which the code speaks, as like as may be, where later entries have enough left."""
    free = _free(link, facts, used) if link and link != "facts" else []
    if len(free) < ENOUGH:
        return None
    title = facts.titles[column]
    others = (c for c in _most_alike(free[:NEAR_THE_STRONGEST], facts) if facts.titles[c] != title)
    return next(others, None)


def in_common(relation: str, value: str) -> str:
    """A fact of two items in words: "same director, Robert Zemeckis", "both made by Yamaha", "both Comedy"."""
    name = shortened(value, NAME_WORDS)
    if relation == CATEGORY:
        return f"both {name}"
    if relation.split()[-1] in ("by", "in", "of", "about", "from", "for", "with", "mentions"):
        return f"both {relation} {name}"
    return f"same {relation}, {name}"


def _linked_lead(code: str, title: str, chosen_together: bool, fact: tuple[str, str] | None) -> str:
    if code == "next":
        return f"people chose this soon before or after {title}"
    if code == "text":
        return f"this is described much like {title}"
    if code == "facts":
        return f"this is like {title}: {in_common(*present(fact))}"
    return f"people who chose {title} also chose this" if chosen_together else f"this goes well with {title}"


def _linked_also(code: str, title: str, chosen_together: bool) -> str:
    if code == "next":
        return f", and {title}"
    if code == "text":
        return f", and like {title}"
    return f", as did those who chose {title}" if chosen_together else f", and with {title}"


def _clause(code: str, facts: ReasonFacts) -> str:
    if code == "pattern":
        return "it fits the pattern of your choices"
    if code == "friends":
        return "it is among your friends' choices"
    people = counted(facts.user_count, "person", "people")
    return f"{people} chose it" if facts.user_count else "it is part of the catalogue"


def listed(words: Sequence[str]) -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def quoted(title: str) -> str:
    return f"“{title_said(title)}”"


def title_said(title: str) -> str:
    """A title as a sentence writes it; a long one gives up its other names in brackets, those that are no year, before
    its words."""
    if len(plain(title).split()) > TITLE_WORDS:
        title = re.sub(r"\s*\((?!\d{4}\))[^()]*\)", "", plain(title)) or title
    return shortened(title, TITLE_WORDS)


def shortened(name: str, words: int) -> str:
    """`plain`, cut after so many words."""
    parts = plain(name).split()
    return " ".join(parts) if len(parts) <= words else " ".join(parts[:words]).rstrip(",;:") + "…"


def plain(title: str) -> str:
    """A title as plain text: entities resolved, tags and control characters dropped, at most MAX_TITLE characters."""
    text = re.sub(r"<[^<>]*>", " ", html.unescape(title))
    text = " ".join(re.sub(r"[\x00-\x1f\x7f<>]", " ", text).split()) or "an untitled item"
    return text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1].rstrip() + "…"
