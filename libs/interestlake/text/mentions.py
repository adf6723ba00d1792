"""Where texts speak of an entity, and the clause that says something of it."""

import re
from collections.abc import Callable, Iterator, Mapping

import pandas as pd
from pyspark.sql import Column, DataFrame

from .annotate import Annotator, mean_sign
from .words import phrase_of, words_of

MENTIONS = "text_hash string, entity_id string, place int, clause string"
CONTRAST = r"but|however|although|though|yet|while|whereas|except that"
BOUNDARY = re.compile(rf"[.!?]+(?:\s+|$)|[;:\n]|\s[-–—]\s|,?\s+\b(?:{CONTRAST})\b,?\s+|,\s+", re.IGNORECASE)
LEAST_WORDS = 3  # a part of a list ("warm, dry and light") is no clause of its own
LONGEST = 4  # words of the longest entity name


def clauses_of(text: str) -> list[tuple[int, str]]:
    """Text -> (place, clause) in order: cut at sentence ends, marks, contrasting words and commas.

    A comma cuts only where both sides have 3 words or more; a contrast always does: "loud but comfortable" is two.
    """
    parts: list[list] = []
    start, comma_before = 0, False
    for match in [*BOUNDARY.finditer(text), None]:
        end = match.start() if match else len(text)
        piece = text[start:end].strip()
        if piece:
            short = len(words_of(piece)) < LEAST_WORDS or (parts and len(words_of(parts[-1][1])) < LEAST_WORDS)
            if comma_before and parts and short:
                parts[-1][1] += ", " + piece
            else:
                parts.append([start, piece])
        if match:
            comma_before = match.group().strip() == "," and bool(piece or comma_before)
            start = match.end()
    return [(place, clause) for place, clause in parts]


def mentions_of(text: str, names: Mapping[tuple[str, ...], str]) -> list[tuple[str, int, str]]:
    """Text, phrase -> entity id -> (entity id, place of the clause, clause), longest names first from the
    left; an entity counts once a clause."""
    mentions = []
    for place, clause in clauses_of(text):
        lemmas = phrase_of(clause)
        at, seen = 0, set()
        while at < len(lemmas):
            size = next((n for n in range(min(LONGEST, len(lemmas) - at), 0, -1) if lemmas[at : at + n] in names), 0)
            if size and (entity := names[lemmas[at : at + size]]) not in seen:
                seen.add(entity)
                mentions.append((entity, place, clause))
            at += size or 1
    return mentions


def find_mentions(entities: Mapping[str, str]) -> Callable[[DataFrame], DataFrame]:
    """entity id -> name; texts(text_hash, text) -> (text_hash, entity_id, place, clause). Lazy; a Python pass.

    Of two ids with the same words the first in the order of `entities` counts.
    """
    names: dict[tuple[str, ...], str] = {}
    for entity, name in entities.items():
        phrase = phrase_of(name)
        if 0 < len(phrase) <= LONGEST:
            names.setdefault(phrase, entity)

    def look(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for frame in frames:
            rows = [(key, *mention) for key, text in zip(frame["text_hash"], frame["text"], strict=True)
                    for mention in mentions_of(text, names)]  # fmt: skip
            yield pd.DataFrame(rows, columns=["text_hash", "entity_id", "place", "clause"])

    return lambda texts: texts.select("text_hash", "text").mapInPandas(look, MENTIONS)


def judge_texts(annotator: Annotator) -> Callable[[DataFrame], DataFrame]:
    """texts(text) -> (text, polarity): the sign of the annotator's sentiment model, -1, 0 or 1. Lazy."""
    polarity: Column = mean_sign("sentiment").alias("polarity")
    return lambda texts: annotator.sentiment.transform(annotator.words.transform(texts.select("text"))).select(
        "text", polarity
    )
