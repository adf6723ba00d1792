"""What a request's words mean in the lake's own vocabulary: "funny" is Comedy, "robots" also "androids"."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ...core.vectors import unit_rows
from ...text.words import words_of
from .vocabulary import Vocabulary

KINDS = ("category", "tag")
PER_WORD = 5
MOST_WORDS = 12  # of a request that are looked up, and words of a phrase that is looked up whole
PHRASE_WORDS = 3


@dataclass(frozen=True)
class Nearness:
    """Least cosine of a word to a name of a kind from which the word means it."""

    category: float = 0.45
    tag: float = 0.6


@dataclass(frozen=True)
class Parts:
    """What counts how much in `meaning_scores`."""

    carried: float = 1.0
    text: float = 0.5
    people: float = 0.5
    close: float = 1.0
    popular: float = 0.8


@dataclass(frozen=True)
class Concepts:
    """Names of the lake: kinds, names (C,) str; vectors (C, d) unit rows; carried (C, I) CSR of ones."""

    kinds: np.ndarray
    names: np.ndarray
    vectors: np.ndarray
    carried: sp.csr_matrix


@dataclass(frozen=True)
class Meaning:
    """A word of the request, the concept (row) that it means, and the cosine of the two."""

    word: str
    concept: int
    cosine: float


def carriers_of(vocabulary: Vocabulary) -> dict[tuple[str, str], tuple[int, ...]]:
    """(kind, name) -> columns of the items that carry it, of KINDS, in the order of kind and name."""
    entities = (entity for group in vocabulary.phrases.values() for entity in group if entity.kind in KINDS)
    return {(one.kind, one.name): one.items for one in sorted(entities, key=lambda one: (one.kind, one.name))}


def build_concepts(
    carriers: Mapping[tuple[str, str], Sequence[int]], encode: Callable[[list[str]], np.ndarray], item_count: int
) -> Concepts:
    """`carriers_of` a vocabulary and texts -> (n, d) unit vectors; names that nothing carries are left out."""
    found = {pair: items for pair, items in carriers.items() if len(items)}
    sizes = [len(items) for items in found.values()]
    columns = np.concatenate([np.asarray(items, np.int64) for items in found.values()] or [np.empty(0, np.int64)])
    rows = np.repeat(np.arange(len(found)), sizes)
    carried = sp.csr_matrix((np.ones(len(columns), np.float32), (rows, columns)), (len(found), item_count))
    kinds, names = (np.array([pair[place] for pair in found], object) for place in (0, 1))
    vectors = unit_rows(encode([str(name).lower() for name in names])) if len(found) else np.zeros((0, 1), np.float32)
    return Concepts(kinds, names, vectors, carried)


def asked_words(text: str) -> list[str]:
    """What is looked up of a request without what it forbids: its content words, and all of it where it is a phrase."""
    words = list(dict.fromkeys(word.text.lower() for word in words_of(text) if not word.is_stop))[:MOST_WORDS]
    phrase = " ".join(words)
    return [phrase, *words] if 1 < len(words) <= PHRASE_WORDS else words


def meanings(concepts: Concepts, words: Sequence[str], vectors: np.ndarray, nearness: Nearness) -> list[Meaning]:
    """Per word the PER_WORD nearest concepts of at least `nearness`, ties by row; vectors (W, d) of the words."""
    least = np.where(concepts.kinds == "category", nearness.category, nearness.tag).astype(np.float64)
    found = []
    for word, vector in zip(words, vectors, strict=True):
        cosines = np.round((concepts.vectors @ vector).astype(np.float64), 6)
        best = np.argsort(-cosines, kind="stable")
        near = [int(row) for row in best if cosines[row] >= least[row]][:PER_WORD]
        found += [Meaning(word, row, float(cosines[row])) for row in near]
    return found


def meaning_scores(
    concepts: Concepts,
    meant: Sequence[Meaning],
    item_vectors: np.ndarray,
    factors: np.ndarray | None,
    close: np.ndarray,
    popularity: np.ndarray,
    parts: Parts,
) -> np.ndarray:
    """(I,) how much of what the request means each item has.

    Sum over its words of parts.carried * the greatest cosine among the concepts that the item carries, parts.text and
    parts.people * the cosine to the mean of the items that carry the word's tags, by text and by who chose them; beside
    them parts.close * `close`, the cosine to the whole request, and parts.popular * log popularity scaled to [0,1].

    item_vectors (I, d), factors (I, f): unit rows, zeros where nothing is known; factors None: no such part.
    """
    items = concepts.carried.shape[1]
    total = parts.close * np.maximum(close, 0.0)
    for word in dict.fromkeys(one.word for one in meant):
        own = [one for one in meant if one.word == word]
        best = np.zeros(items)
        for one in own:
            columns = concepts.carried[one.concept].indices
            best[columns] = np.maximum(best[columns], one.cosine)
        total = total + parts.carried * best
        tags = [one for one in own if concepts.kinds[one.concept] == "tag"]
        for weight, vectors in ((parts.text, item_vectors), (parts.people, factors)):
            if weight and vectors is not None and tags:
                total = total + weight * np.maximum(vectors @ _centre(concepts, tags, vectors), 0.0)
    known = np.log1p(popularity)
    return total + parts.popular * known / max(float(known.max(initial=0.0)), 1e-9)


def _centre(concepts: Concepts, meant: Sequence[Meaning], vectors: np.ndarray) -> np.ndarray:
    """(d,) unit mean of the carriers' vectors; a concept counts by cosine and by n / (n + 1) of n carriers, as one item
    holds much beside it. Zeros where no carrier has a vector."""
    centre = np.zeros(vectors.shape[1])
    for one in meant:
        columns = concepts.carried[one.concept].indices
        mean = vectors[columns].mean(axis=0)
        length = float(np.linalg.norm(mean))
        if length > 1e-9:
            centre += mean / length * one.cosine * len(columns) / (len(columns) + 1)
    length = float(np.linalg.norm(centre))
    return centre / length if length > 1e-9 else centre
