"""Texts cut into sentences that know where they stand."""

import re
from dataclasses import dataclass

MIN_CHARACTERS, MAX_CHARACTERS = 12, 280
ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|No|Vol|Jr|Sr|e\.g|i\.e|[A-Z])\.$")
END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")


@dataclass(frozen=True)
class Passage:
    """Characters `start` to `end` of the text `doc_id`; kind: item, review or tag."""

    doc_id: str
    kind: str
    start: int
    end: int
    text: str


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text stand: ends at . ! ? … before white space, not after an abbreviation or initial."""
    spans, start = [], 0
    for end in END.finditer(text):
        if ABBREVIATION.search(text[start : end.end()]):
            continue
        spans.append((start, end.end()))
        start = end.end()
    spans.append((start, len(text)))
    trimmed = []
    for a, b in spans:
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if b > a:
            trimmed.append((a, b))
    return trimmed


def passages_of(doc_id: str, kind: str, text: str) -> list[Passage]:
    """The sentences of one text of MIN_CHARACTERS to MAX_CHARACTERS; a tag is one passage whatever its length."""
    if kind == "tag":
        return [Passage(doc_id, kind, 0, len(text), text)]
    return [Passage(doc_id, kind, a, b, text[a:b]) for a, b in sentence_spans(text)
            if MIN_CHARACTERS <= b - a <= MAX_CHARACTERS]  # fmt: skip
