"""Whether a written sentence is borne out by the statements it was written from."""

import re
from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from .compose import Encode, Statement
from .passages import sentence_spans
from .safety import Judge, word_lists

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
LEAST_WORDS, LEAST_COSINE = 0.8, 0.55
ENDINGS = ("ingly", "edly", "ing", "ies", "ied", "es", "ed", "ly", "s", "e", "y")


def stem(word: str) -> str:
    """A word without its commonest English ending, four letters or more of it left."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word


def words_of(text: str) -> set[str]:
    """Stems of the content words; numbers as they stand."""
    return {stem(word) for word in WORD.findall(text) if word.lower() not in ENGLISH_STOP_WORDS}


def supported_by(sentence: str, statements: Sequence[Statement], encode: Encode, judge: Judge) -> list[int]:
    """Places of the statements that bear a sentence out; empty where it is rejected.

    A sentence is kept where it passes `judge`, LEAST_WORDS of its content words stand in the statements that are alike
    (cosine LEAST_COSINE or more), every number and every capitalised word after the first stands there, and it negates
    only where one of them does.
    """
    content = words_of(sentence)
    if not content or not judge([sentence])[0]:
        return []
    vectors = encode([sentence, *(s.text for s in statements)])
    alike = np.flatnonzero(vectors[1:] @ vectors[0] >= LEAST_COSINE)
    if not len(alike):
        return []
    given = " ".join(statements[i].text for i in alike)
    there = words_of(given)
    missing = content - there
    first, *others = WORD.findall(sentence)
    hard = {stem(word) for word in others if word[0].isupper() or word[0].isdigit()} | (
        {stem(first)} if first[0].isdigit() else set()
    )
    hard -= {stem(word) for word in ENGLISH_STOP_WORDS}
    negates = set(word_lists()["negations"])
    said = {word.lower().replace("’", "'") for word in WORD.findall(sentence)} & negates
    source = {word.lower().replace("’", "'") for word in WORD.findall(given)} & negates
    if len(missing) > (1 - LEAST_WORDS) * len(content) or hard & missing or bool(said) and not source:
        return []
    return [int(i) for i in alike if words_of(statements[i].text) & content]


def rewritten(
    text: str, statements: Sequence[Statement], encode: Encode, judge: Judge
) -> tuple[list[Statement], list[str]]:
    """A generator's text -> (kept sentences with the spans of what bears them out, rejected sentences)."""
    supported, rejected = [], []
    for a, b in sentence_spans(text):
        sentence = text[a:b]
        places = supported_by(sentence, statements, encode, judge)
        if not places:
            rejected.append(sentence)
            continue
        behind = [statements[i] for i in places]
        spans = tuple(sorted({span for s in behind for span in s.spans}))
        supported.append(Statement("summary", sentence, behind[0].source, max(s.support for s in behind), spans))
    return supported, rejected
