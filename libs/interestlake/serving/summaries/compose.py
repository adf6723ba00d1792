"""An item's texts and facts -> title, description, summary and contrasts: extracts only, each with where it stands."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .contrast import Contrast, contrasts
from .passages import Passage, passages_of
from .safety import Judge

MOST_PASSAGES = 120  # of one item, reviews in order of their id: longer lists add cost, not sentences
RELEVANCE = 0.7
ALIKE = 0.6
MOST_TAGS = 5
TITLE_LENGTH = 80
Encode = Callable[[list[str]], np.ndarray]


@dataclass(frozen=True)
class Statement:
    """One sentence; spans: (doc_id, start, end), empty for titles, categories and facts; support: texts that say so."""

    part: str
    text: str
    source: str
    support: int
    spans: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class ItemTexts:
    """All that is known of an item in words. documents: (doc_id, kind, text); facts: (predicate, object)."""

    item_id: str
    title: str | None
    categories: tuple[str, ...]
    documents: tuple[tuple[str, str, str], ...]
    facts: tuple[tuple[str, str], ...]


def marginal_relevance(relevance: np.ndarray, vectors: np.ndarray, weight: float, k: int) -> list[int]:
    """Places of the k picked one by one: weight * relevance - (1 - weight) * largest cosine with what is picked.

    relevance: (n,); vectors: (n, d) unit length (Carbonell and Goldstein 1998). Ties go to the earlier one.
    """
    left, picked = list(range(len(relevance))), []
    likeness = np.zeros(len(relevance))
    while left and len(picked) < k:
        value = [round(weight * float(relevance[i]) - (1 - weight) * float(likeness[i]), 6) for i in left]
        best = left[int(np.argmax(value))]
        picked.append(best)
        left.remove(best)
        cosine = vectors @ vectors[best]
        likeness = cosine if len(picked) == 1 else np.maximum(likeness, cosine)
    return picked


def compose(item: ItemTexts, encode: Encode, judge: Judge, sentences: int = 4) -> list[Statement]:
    """-> statements in the order title, description, summary, contrast; a refused passage is in none of them.

    title: the item's, else its first sentence. description: what it is, its categories in a sentence, then the first
    two sentences of its own text, else facts. summary: `sentences` passages by `marginal_relevance`, relevance being
    the cosine with the mean of all passages, read in the order of their source: its own text, then reviews; support
    counts texts with a passage of cosine ALIKE or more. Tags are one statement: the
    MOST_TAGS most frequent, with every span behind them.
    """
    passages = [p for doc in sorted(item.documents) for p in passages_of(*doc)]
    allowed = judge([p.text for p in passages]) if passages else []
    passages = [p for p, fine in zip(passages, allowed, strict=True) if fine]
    own = [p for p in passages if p.kind == "item" and not _is_title(p, item.title)]
    reviews = [p for p in passages if p.kind == "review"]
    spoken = (own + reviews)[:MOST_PASSAGES]
    statements = [*_title(item, own, judge), *_description(item, own, judge)]
    statements += _summary(spoken, encode, sentences, {s.spans for s in statements})
    statements += _tags([p for p in passages if p.kind == "tag"])
    for contrast in contrasts(reviews):
        spans = _places(contrast)
        statements.append(Statement("contrast", contrast.text, "review", len({doc for doc, *_ in spans}), spans))
    return statements


def _places(contrast: Contrast) -> tuple[tuple[str, int, int], ...]:
    return tuple(sorted({(m.passage.doc_id, m.start, m.end) for m in (*contrast.major, *contrast.minor)}))


def _is_title(passage: Passage, title: str | None) -> bool:
    return title is not None and passage.start == 0 and passage.text.rstrip(".!?… ") == title.rstrip(".!?… ")


def _span(passage: Passage) -> tuple[tuple[str, int, int], ...]:
    return ((passage.doc_id, passage.start, passage.end),)


def _title(item: ItemTexts, own: Sequence[Passage], judge: Judge) -> list[Statement]:
    if item.title and item.title != item.item_id and judge([item.title])[0]:
        return [Statement("title", item.title[:TITLE_LENGTH], "title", 1, ())]
    if not own:
        return []
    first = own[0]
    end = len(first.text) if len(first.text) <= TITLE_LENGTH else max(first.text.rfind(" ", 0, TITLE_LENGTH), 1)
    return [Statement("title", first.text[:end], "item", 1, ((first.doc_id, first.start, first.start + end),))]


def _description(item: ItemTexts, own: Sequence[Passage], judge: Judge) -> list[Statement]:
    told = _told(item)
    told = [s for s, fine in zip(told, judge([s.text for s in told]), strict=True) if fine] if told else []
    if not own:
        return told
    kind = [s for s in told if s.source == "category"]
    return [*kind, *(Statement("description", p.text, "item", 1, _span(p)) for p in own[:2])]


def _told(item: ItemTexts) -> list[Statement]:
    """Categories and facts as sentences."""
    statements = []
    if item.categories:
        statements.append(Statement("description", f"{_listed(item.categories[:4])}.", "category", 1, ()))
    by_relation: dict[str, list[str]] = {}
    for relation, value in sorted(item.facts):
        by_relation.setdefault(relation, []).append(value)
    for relation, values in list(by_relation.items())[:3]:
        statements.append(Statement("description", f"{readable(relation)}: {_listed(values[:3])}.", "fact", 1, ()))
    return statements


def _summary(spoken: Sequence[Passage], encode: Encode, sentences: int, taken: set) -> list[Statement]:
    if not spoken:
        return []
    vectors = encode([p.text for p in spoken])  # (n, d)
    centre = vectors.mean(axis=0)
    relevance = vectors @ (centre / max(float(np.linalg.norm(centre)), 1e-9))
    free = [i for i, p in enumerate(spoken) if _span(p) not in taken]
    if not free:
        return []
    picked = sorted(free[i] for i in marginal_relevance(relevance[free], vectors[free], RELEVANCE, sentences))
    near = vectors @ vectors[picked].T >= ALIKE  # (n, picked)
    support = [len({spoken[i].doc_id for i in np.flatnonzero(near[:, j])}) for j in range(len(picked))]
    return [Statement("summary", spoken[i].text, spoken[i].kind, n, _span(spoken[i]))
            for i, n in zip(picked, support, strict=True)]  # fmt: skip


def _tags(tags: Sequence[Passage]) -> list[Statement]:
    best = _by_count(p.text.casefold() for p in tags)[:MOST_TAGS]
    if not best:
        return []
    behind = [p for p in tags if p.text.casefold() in best]
    return [Statement("summary", _tagged(best), "tag", len({p.doc_id for p in behind}),
                      tuple(sorted(_span(p)[0] for p in behind)))]  # fmt: skip


def _by_count(names: Iterable[str]) -> list[str]:
    return [name for name, _ in sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))]


def _tagged(names: Sequence[str]) -> str:
    return f"Tagged {_listed(names)}."


def readable(relation: str) -> str:
    """ "http://x/ontology#directed_by" -> "Directed by"; "starringActor" -> "Starring actor"."""
    name = relation.rstrip("/>").replace("#", "/").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    spaced = "".join(f" {c.lower()}" if c.isupper() and i and name[i - 1].islower() else c for i, c in enumerate(name))
    return spaced.replace("_", " ").replace("-", " ").strip().capitalize()


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def holds(statement: Statement, texts: Mapping[str, str], item: ItemTexts) -> bool:
    """Whether a statement stands where it says: the replay of gold.summaries.

    Extracts equal their span. Statements made of several places (tags, contrasts, categories, facts) are made again
    from those places alone and must come out the same.
    """
    spans = [texts.get(doc, "")[a:b] for doc, a, b in statement.spans]
    if statement.source == "title":
        return bool(item.title) and item.title.startswith(statement.text)
    if statement.source in ("category", "fact"):
        return statement in _told(item)
    if not spans or not all(spans):
        return False
    if statement.part == "contrast":
        documents = sorted({doc for doc, *_ in statement.spans})
        again = contrasts([p for doc in documents for p in passages_of(doc, "review", texts[doc])], most=MOST_PASSAGES)
        return any(c.text == statement.text and _places(c) == statement.spans for c in again)
    if statement.source == "tag":
        return statement.text == _tagged(_by_count(span.casefold() for span in spans))
    return len(spans) == 1 and spans[0] == statement.text
