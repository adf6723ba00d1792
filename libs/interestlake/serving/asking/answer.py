"""A parsed request over the index -> the list: constraints, two retrievals, the person's profile, reasons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp

from ...core.vectors import unit_rows
from ...interactions.batch import UserBatch
from ...recommending.objected import damping_of, left_by
from .asker import Asker
from .concepts import Concepts, Meaning, Nearness, Parts, asked_words, meaning_scores, meanings
from .index import AskIndex
from .parse import Parsed

RRF = 60.0  # of the rankings that only order what was retrieved
TEXT_RRF = 10.0
TEXT = ("dense", "lexical", "seeds", "alike", "meaning")
CANDIDATES = 200
STRONG = 20
REASON_WORDS, REASON_INTERESTS = 4, 2


@dataclass(frozen=True)
class Weights:
    """What a place in each ranking counts; 0 leaves a ranking out."""

    dense: float = 0.5
    lexical: float = 1.0
    seeds: float = 1.0
    alike: float = 1.0
    als: float = 2.0
    interests: float = 1.0
    popularity: float = 2.0
    meaning: float = 1.0
    parts: Parts = field(default_factory=Parts)
    nearness: Nearness = field(default_factory=Nearness)


@dataclass(frozen=True)
class Hit:
    """One row of the answer.

    score: reciprocal rank fusion, above 0; parts: its share by ranking; strong: rankings that hold the item among their
    first 20. words: of the request that stand in the item's document; similarity: cosine to the request's vector, 0
    without one. constraints, interests: as people read them; means: names of the lake that a word means and it carries.
    """

    column: int
    score: float
    parts: dict[str, float]
    strong: list[str]
    words: list[str]
    similarity: float
    constraints: list[str]
    interests: list[str]
    means: list[str] = field(default_factory=list)


@dataclass
class Answer:
    """hits best first; dropped: constraints that no item held together with the others; notes: what else to know."""

    parsed: Parsed
    hits: list[Hit]
    dropped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    candidates: int = 0


def answer(
    index: AskIndex,
    parsed: Parsed,
    encode: Callable[[str], np.ndarray],
    person: Asker,
    top: int,
    weights: Weights | None = None,
    include_seen: bool = False,
    concepts: Concepts | None = None,
) -> Answer:
    """The best `top` items for a request, ties to the smaller item id.

    score(i) = sum over rankings s of w_s / (k_s + rank_s(i)) (reciprocal rank fusion, Cormack, Clarke and Buettcher,
    2009), k = 10 for the rankings that propose, so that their first places count, 60 for the others. dense (cosine),
    lexical (BM25), seeds and alike (cosine of item factors, and of interests carried, to the examples) and meaning (see
    `concepts.meaning_scores`, of the words that are near a name of `concepts`) each propose 200 items that hold the
    constraints; als, interests and popularity rank what was proposed, so a profile orders what was
    asked for and adds nothing else. Where the request leaves no word and no example, every item that holds the
    constraints is proposed, by the profile or else by popularity. What the person asked not to see is never listed,
    and what is like it counts less, as in their list. encode: text -> (d,) unit vector.
    """
    weights = weights or Weights()
    made = Answer(parsed, [])
    free = np.ones(index.catalogue.item_count, bool)
    free[parsed.seeds] = False
    if not include_seen:
        free[person.columns] = False
    free[person.barred] = False
    allowed = _constrained(index, parsed, free, made)
    rankings: dict[str, np.ndarray] = {}
    query = _query_vector(index, parsed, encode)
    if query is not None and weights.dense:
        rankings["dense"] = index.vectors @ query
    if parsed.terms and weights.lexical:
        rankings["lexical"] = index.bm25.score(parsed.terms)
    if parsed.seeds and index.als is not None and weights.seeds:
        rankings["seeds"] = _cosines(index.als.item_vectors, parsed.seeds)
    if parsed.seeds and weights.alike:
        rankings["alike"] = _alike(index.interests.weights, parsed.seeds)
    meant = _meant(parsed, concepts, encode, weights.nearness) if concepts is not None and weights.meaning else []
    if meant and concepts is not None:
        factors = None if index.als is None else unit_rows(index.als.item_vectors)
        close = index.vectors @ query if query is not None else np.zeros(index.catalogue.item_count)
        rankings["meaning"] = meaning_scores(
            concepts, meant, index.vectors, factors, close, index.popularity, weights.parts
        )
    places = {name: _places(scores, np.flatnonzero(allowed), CANDIDATES) for name, scores in rankings.items()}
    candidates = np.unique(np.concatenate([list(made) for made in places.values()] or [[]])).astype(np.int64)
    if not _known(index, parsed, meant):
        made.notes.append("no word of the request is known in this lake: what follows is near in meaning alone")
    if not rankings:
        candidates = np.flatnonzero(allowed)
        made.notes.append("no word says what it should be about: ordered by profile and popularity")
    profile = _profile_scores(index, person, weights)
    places |= {name: _places(scores, candidates, len(candidates)) for name, scores in profile.items()}
    if weights.popularity or not (rankings or profile):
        places["popularity"] = _places(index.popularity, candidates, len(candidates))
    made.candidates = len(candidates)
    parts = {name: _parts(name, ranked, weights) for name, ranked in places.items()}
    left = _left(index, person)
    total = {int(item): left[item] * sum(part.get(item, 0.0) for part in parts.values()) for item in candidates}
    best = sorted((item for item in total if total[item] > 0), key=lambda item: (-total[item], item))[:top]
    asked = [one for group in parsed.wanted for one in group]
    for item in best:
        share = {name: left[item] * part[item] / total[item] for name, part in parts.items() if item in part}
        near = float(index.vectors[item] @ query) if query is not None else 0.0
        strong = [name for name, ranked in places.items() if ranked.get(item, STRONG + 1) <= STRONG]
        words = index.bm25.matched(parsed.terms, item)[:REASON_WORDS]
        carried = _held(index, parsed, asked, made.dropped, item)
        means = _names_carried(concepts, meant, item) if concepts is not None else []
        shared = _shared(index, person, item)
        made.hits.append(Hit(item, total[item], share, strong, words, near, carried, shared, means))
    return made


def _known(index: AskIndex, parsed: Parsed, meant: list[Meaning]) -> bool:
    """Whether a name, range or word of the request is the lake's, or means one of its names; true without any word."""
    named = parsed.wanted or parsed.excluded or parsed.ranges or parsed.seeds or parsed.soft or meant
    return bool(named) or not parsed.terms or any(len(index.bm25.holders(term)) for term in parsed.terms)


def _meant(
    parsed: Parsed, concepts: Concepts, encode: Callable[[str], np.ndarray], nearness: Nearness
) -> list[Meaning]:
    words = asked_words(parsed.text)
    return meanings(concepts, words, np.stack([encode(word) for word in words]), nearness) if words else []


def _names_carried(concepts: Concepts, meant: list[Meaning], item: int) -> list[str]:
    """ "word: name" for words of which the item carries a concept of another name, the nearest each; a name is told
    once, of the shortest word that means it."""
    said: dict[str, str] = {}
    for one in meant:
        name = str(concepts.names[one.concept])
        if one.word not in said and item in concepts.carried[one.concept].indices:
            said[one.word] = "" if name.lower() == one.word else name
    words = sorted((word for word, name in said.items() if name), key=len)
    told = {name: word for word, name in reversed([(word, said[word]) for word in words])}
    return [f"{word}: {said[word]}" for word in said if told.get(said[word]) == word]


def _left(index: AskIndex, person: Asker) -> np.ndarray:
    """(I,) share of a score that what the person said no to leaves, see recommending.objected."""
    weights = index.interests.weights
    damping = damping_of(person.refused, person.disliked, weights, index.interests.ids)
    if damping is None:
        return np.ones(index.catalogue.item_count)
    return left_by(damping, weights)


def _parts(name: str, ranked: dict[int, int], weights: Weights) -> dict[int, float]:
    constant = TEXT_RRF if name in TEXT else RRF
    weight = getattr(weights, name) or 1.0  # popularity without a weight still orders what nothing else does
    return {item: weight / (constant + place) for item, place in ranked.items()}


def _query_vector(index: AskIndex, parsed: Parsed, encode: Callable[[str], np.ndarray]) -> np.ndarray | None:
    """Unit vector of the words plus the mean of the examples' vectors; None without either."""
    parts = [encode(parsed.text)] if parsed.text else []
    if parsed.seeds:
        parts.append(index.vectors[parsed.seeds].mean(axis=0))
    total = np.sum(parts, axis=0) if parts else np.zeros(1)
    length = float(np.linalg.norm(total))
    return (total / length).astype(np.float32) if length > 1e-9 else None


def _cosines(vectors: np.ndarray, seeds: list[int]) -> np.ndarray:
    """(I,) mean cosine of each item to the examples."""
    unit = unit_rows(vectors)
    return unit @ unit[seeds].mean(axis=0)


def _alike(carried: sp.csr_matrix, seeds: list[int]) -> np.ndarray:
    """(I,) mean cosine over interests; an interest counts ln(1 + items / items that carry it)."""
    carriers = np.maximum(np.bincount(carried.indices, minlength=carried.shape[1]), 1)
    weighed = carried @ sp.diags(np.log1p(carried.shape[0] / carriers))
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    unit = sp.diags(1 / np.maximum(length, 1e-9)) @ weighed
    return np.asarray(unit @ unit[seeds].mean(axis=0).T).ravel()


def _places(scores: np.ndarray, columns: np.ndarray, limit: int) -> dict[int, int]:
    """Column -> place from 1 among `columns` of positive score, the `limit` best; ties to the smaller column."""
    mine = np.round(scores[columns].astype(np.float64), 6)
    order = np.argsort(-mine, kind="stable")[:limit]
    return {int(columns[row]): place for place, row in enumerate(order, 1) if mine[row] > 0}


def _profile_scores(index: AskIndex, person: Asker, weights: Weights) -> dict[str, np.ndarray]:
    scores = {}
    count = index.catalogue.item_count
    if weights.als and index.als is not None and len(person.columns):
        history = sp.csr_matrix((person.weights, (np.zeros(len(person.columns), int), person.columns)), (1, count))
        nobody = sp.csr_matrix((1, count), dtype=np.float32)
        scores["als"] = index.als.score(UserBatch(history, nobody, nobody, {}))[0]
    shares = _interest_shares(index, person)
    if weights.interests and shares.any():
        scores["interests"] = np.asarray(index.interests.weights @ shares).ravel()
    return scores


def _interest_shares(index: AskIndex, person: Asker) -> np.ndarray:
    return np.array([person.shares.get(name, 0.0) for name in index.interests.ids], np.float64)


def _shared(index: AskIndex, person: Asker, item: int) -> list[str]:
    """Names of what the person chooses beyond everybody and the item carries, strongest share times weight first."""
    row = index.interests.weights[item]
    strength = {int(k): float(w) * person.shares.get(index.interests.ids[k], 0.0)
                for k, w in zip(row.indices, row.data, strict=True)}  # fmt: skip
    names: dict[str, None] = {}
    for k in sorted(strength, key=lambda k: (-strength[k], k)):
        if strength[k] > 0 and (person.told is None or index.interests.ids[k] in person.told):
            names.setdefault(str(index.interests.names[k]))
    return list(names)[:REASON_INTERESTS]


def _held(index: AskIndex, parsed: Parsed, asked: Any, dropped: list[str], item: int) -> list[str]:
    said = [f"{one.kind} {one.name}" for one in asked if item in one.items]
    for one in parsed.ranges:
        values = {"year": index.years, "price": index.prices}[one.field]
        if one.words not in dropped and not one.refused and not np.isnan(values[item]):
            said.append(f"{one.field} {values[item]:g}")
    said += [f"tag {one.name}" for one in parsed.soft if item in one.items]
    return said


def _constrained(index: AskIndex, parsed: Parsed, free: np.ndarray, made: Answer) -> np.ndarray:
    """Items of `free` that hold the request; where none holds all of it, wanted parts are dropped one by one.

    Dropped first is the part without which most items are left; what is excluded is never dropped.
    """
    count = index.catalogue.item_count
    allowed = free.copy()
    for one in parsed.excluded:
        allowed[list(one.items)] = False
    masks: dict[str, np.ndarray] = {}
    for group in parsed.wanted:
        mask = np.zeros(count, bool)
        for one in group:
            mask[list(one.items)] = True
        masks[" or ".join(dict.fromkeys(one.name for one in group))] = mask
    for one in parsed.ranges:
        values = {"year": index.years, "price": index.prices}[one.field]
        if np.isnan(values).all():
            made.notes.append(f"{one.words!r} is left out: no item of this lake has a {one.field}")
            continue
        inside = np.logical_and.reduce([allowed, *masks.values()])
        held = one.priced(values[inside]).holds(values)
        if one.refused:
            allowed &= held
        else:
            masks[one.words] = held
    while masks and not np.logical_and.reduce([allowed, *masks.values()]).any():
        left = {name: np.logical_and.reduce([allowed, *(m for n, m in masks.items() if n != name)]).sum()
                for name in masks}  # fmt: skip
        worst = max(masks, key=lambda name: (left[name], name))
        made.dropped.append(worst)
        del masks[worst]
    return np.logical_and.reduce([allowed, *masks.values()])
