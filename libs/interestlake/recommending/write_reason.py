"""One sentence that says why an item is recommended, made only of facts that the row carries."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MIN_SHARE = 0.15  # a second source is named from this share of the score
MAX_CLAUSES = 2  # before the shared interest
MAX_TITLE = 80
NO_HISTORY = "You have no history here yet"
LINKED = ("together", "next", "text", "facts")  # codes that point at items of the history


@dataclass(frozen=True)
class ReasonFacts:
    """What one sentence may use.

    shares: reason code -> share of the score. linked: code of LINKED -> columns of all history items through which it
    speaks for the item, strongest first; titles: (I,) of all columns. chosen_together: the same people chose those of
    "together" and the item. user_count: people who chose the item. interest: name of an interest that person and item
    share.
    """

    shares: Mapping[str, float]
    linked: Mapping[str, Sequence[int]]
    titles: Sequence[str]
    chosen_together: bool
    user_count: int
    interest: str | None
    has_history: bool


@dataclass(frozen=True)
class Reason:
    """code: the strongest thing said; named: columns of the history that the sentence names; text: the sentence."""

    code: str
    named: tuple[int, ...]
    text: str


def write_reason(facts: ReasonFacts) -> Reason:
    """Facts -> a code and a sentence of plain text, which is never empty.

    Example: Because you chose “Alien” and “Aliens”: people who chose them also chose this and it shares your
    interest in space.
    """
    weight = facts.shares
    named = sorted((code for code in weight if weight[code] > 0), key=lambda code: (-weight[code], code))
    link = next((code for code in named if code in LINKED and facts.linked.get(code)), None)
    columns = list(facts.linked[link][:2]) if link else []
    links = [
        code
        for code in named
        if code == link or (link and weight[code] >= MIN_SHARE and set(columns) <= set(facts.linked.get(code, ())))
    ]
    others = [code for code in named if code not in LINKED and (weight[code] >= MIN_SHARE or link is None)]
    clauses = [_linked_clause(code, len(columns), facts.chosen_together, code == link) for code in links[:2]]
    clauses += [_clause(code, facts) for code in others[:1]][: MAX_CLAUSES - len(clauses)]
    if facts.interest:
        clauses.append(f"it shares your interest in {plain(facts.interest)}")
    body = listed(clauses or [_clause("popular", facts)])
    code = link or (others[0] if others else "interest" if facts.interest else "popular")
    if link:
        titles = [quoted(facts.titles[column]) for column in columns]
        return Reason(code, tuple(int(column) for column in columns), f"Because you chose {listed(titles)}: {body}.")
    if not facts.has_history:
        return Reason(code, (), f"{NO_HISTORY}: {body}.")
    return Reason(code, (), f"{body[0].upper()}{body[1:]}.")


def _linked_clause(group: str, items: int, chosen_together: bool, leads: bool) -> str:
    them = "it" if items == 1 else "them"
    subject = "this" if leads else "it"
    if group == "next":
        return f"people chose {subject} soon before or after {them}"
    if group == "text":
        return f"{subject} is described in a similar way"
    if group == "facts":
        return f"{subject} has facts in common with {them}"
    return f"people who chose {them} also chose this" if chosen_together else f"{subject} goes well with {them}"


def _clause(group: str, facts: ReasonFacts) -> str:
    if group == "pattern":
        return "it fits the pattern of your choices"
    if group == "friends":
        return "it is among your friends' choices"
    people = "1 person" if facts.user_count == 1 else f"{facts.user_count:,} people"
    return f"{people} chose it" if facts.user_count else "it is part of the catalogue"


def listed(words: Sequence[str]) -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def quoted(title: str) -> str:
    return f"“{plain(title)}”"


def plain(title: str) -> str:
    """A title as plain text: entities resolved, tags and control characters dropped, at most MAX_TITLE characters."""
    text = re.sub(r"<[^<>]*>", " ", html.unescape(title))
    text = " ".join(re.sub(r"[\x00-\x1f\x7f<>]", " ", text).split()) or "an untitled item"
    return text if len(text) <= MAX_TITLE else text[: MAX_TITLE - 1].rstrip() + "…"
