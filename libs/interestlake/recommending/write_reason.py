"""One sentence that says why an item is recommended, made only of facts that the row carries."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MIN_SHARE = 0.15  # a second source is named from this share of the score
MAX_CLAUSES = 2  # before the shared interest
MAX_TITLE = 80
GROUPS = {
    "graph": "together",
    "item_knn": "together",
    "ease": "together",
    "transitions": "next",
    "text": "text",
    "knowledge": "facts",
    "als": "pattern",
    "two_tower": "pattern",
    "social": "friends",
    "popularity": "popular",
}
LINKED = ("together", "next", "text", "facts")  # groups that point at items of the history


@dataclass(frozen=True)
class ReasonFacts:
    """What one sentence may use.

    shares: source -> share of the score. linked: group of LINKED -> titles of all history items through which it speaks
    for the item, strongest first. chosen_together: the same people chose the titles of "together" and the item.
    user_count: people who chose the item. interest: name of an interest that person and item share.
    """

    shares: Mapping[str, float]
    linked: Mapping[str, Sequence[str]]
    chosen_together: bool
    user_count: int
    interest: str | None
    has_history: bool


def write_reason(facts: ReasonFacts) -> str:
    """Facts -> a sentence of plain text; never empty.

    Example: Because you chose “Alien” and “Aliens”: people who chose them also chose this and it shares your
    interest in space.
    """
    weight = {}
    for source, share in facts.shares.items():
        weight[GROUPS[source]] = weight.get(GROUPS[source], 0.0) + share
    named = sorted((group for group in weight if weight[group] > 0), key=lambda group: (-weight[group], group))
    link = next((group for group in named if group in LINKED and facts.linked.get(group)), None)
    titles = list(facts.linked[link][:2]) if link else []
    links = [
        group for group in named
        if group == link or (link and weight[group] >= MIN_SHARE and set(titles) <= set(facts.linked.get(group, ())))
    ]
    others = [group for group in named if group not in LINKED and (weight[group] >= MIN_SHARE or link is None)]
    clauses = [_linked_clause(group, len(titles), facts.chosen_together, group == link) for group in links[:2]]
    clauses += [_clause(group, facts) for group in others[:1]][: MAX_CLAUSES - len(clauses)]
    if facts.interest:
        clauses.append(f"it shares your interest in {plain(facts.interest)}")
    body = listed(clauses or [_clause("popular", facts)])
    if link:
        return f"Because you chose {listed([quoted(title) for title in titles])}: {body}."
    if not facts.has_history:
        return f"You have no history here yet: {body}."
    return f"{body[0].upper()}{body[1:]}."


def _linked_clause(group: str, items: int, chosen_together: bool, leads: bool) -> str:
    them = "it" if items == 1 else "them"
    subject = "this" if leads else "it"
    if group == "next":
        return f"people went on from {them} to this"
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
