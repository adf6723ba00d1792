"""Where texts about one item say opposite things: both sides are kept, the larger first."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from .passages import Passage
from .safety import word_lists

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
REACH = 3  # words before an adjective in which a negation turns it


@dataclass(frozen=True)
class Mention:
    """A word of a passage; `negated` where one of the REACH words before it is a negation."""

    passage: Passage
    start: int
    end: int
    negated: bool


@dataclass(frozen=True)
class Contrast:
    """`text` says what more texts say, then what the others say; `sides` are (texts, mentions) of both."""

    text: str
    major: tuple[Mention, ...]
    minor: tuple[Mention, ...]


def contrasts(passages: Sequence[Passage], most: int = 3) -> list[Contrast]:
    """Reviews that call one thing by both words of a pair of `words.yml`, or by one and its negation.

    A side counts texts, not mentions; a text on both sides counts for neither. The side with more texts stands first,
    the first word of the pair where both have as many: "Loud, though some find it quiet." Ordered by texts, then words.
    """
    lists = word_lists()
    negations = set(lists["negations"])
    opposed = {word for pair in lists["opposites"] for word in pair}
    mentions: dict[str, list[Mention]] = defaultdict(list)
    for passage in passages:
        if passage.kind != "review":
            continue
        words = [
            (match.group().lower().replace("’", "'"), match.start(), match.end())
            for match in WORD.finditer(passage.text)
        ]
        for place, (word, a, b) in enumerate(words):
            if word in opposed:
                before = {other for other, *_ in words[max(0, place - REACH) : place]}
                at = passage.start
                mentions[word].append(Mention(passage, at + a, at + b, bool(before & negations)))
    pairs, used = [], set()
    for first, second in lists["opposites"]:
        said = [m for m in mentions[first] if not m.negated] + [m for m in mentions[second] if m.negated]
        other = [m for m in mentions[second] if not m.negated] + [m for m in mentions[first] if m.negated]
        both = {m.passage.doc_id for m in said} & {m.passage.doc_id for m in other}
        sides = [[m for m in side if m.passage.doc_id not in both] for side in (said, other)]
        counts = [len({m.passage.doc_id for m in side}) for side in sides]
        if min(counts) == 0 or used & {first, second}:
            continue
        used |= {first, second}
        names = (first, second) if any(not m.negated for m in sides[1]) else (first, f"not {first}")
        if not any(not m.negated for m in sides[0]):
            names = (f"not {second}", second)
        order = (0, 1) if counts[0] >= counts[1] else (1, 0)
        text = f"{names[order[0]].capitalize()}, though some find it {names[order[1]]}."
        pairs.append((sum(counts), Contrast(text, *(tuple(sides[i]) for i in order))))
    pairs.sort(key=lambda pair: (-pair[0], pair[1].text))
    return [contrast for _, contrast in pairs[:most]]
