"""A request -> what it asks for, by rule over the lake's own names: wanted, excluded, ranges, seeds, query words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...text.words import Word, base_form, words_of
from .amounts import Range, find_ranges
from .audience import ADULT, find_audience
from .lexical import Bm25
from .vocabulary import LONGEST, Entity, Vocabulary

NEGATIONS = frozenset("not no without except excluding never nor avoid hate dislike minus non neither skip".split())
# "not too long" says little of the word long; "without dragons" says all
STRONG = frozenset("no without except excluding avoid hate dislike minus non nor neither skip".split())
# words behind a no that stand for whatever is asked about
UNTOLD = frozenset(
    "film films movie movies book books thing things stuff sure want like need long old much many".split()
)
ENDS_SCOPE = frozenset(
    "but yet rather instead just only something more less with for from about in set please though i like under over "
    "while because when where which that before after since to".split()
)
SCOPE_WORDS = 4  # content words that one negation reaches
SEED_CUES = frozenset("like similar than as loved liked enjoyed fan watched seen read reminds resembles after".split())
PERSON_CUES = frozenset(
    "by starring with from director directed featuring actor actress author artist maker brand without except".split()
)
CHILDISH = frozenset("child children kid kids toddler preschool".split())
STEM, ENDING = 5, 3  # letters that kindred words share, and that may differ at the end
CUE_REACH = 3  # words between a cue and the name it introduces, the nearest included
BREAK = re.compile(r"[.,;:!?()\n]|\s[-–—]\s")
WISHES = frozenset(("would", "i'd", "we'd", "id"))
QUOTES = '"“”«»'
WORKS = frozenset(("creative-work", "product", "title", "work"))
Tag = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class Constraint:
    """Items (columns) that a word of the request allows, or forbids where it is negated."""

    kind: str
    name: str
    items: tuple[int, ...]


@dataclass
class Parsed:
    """What a request asks for.

    wanted: groups, an item must be in one constraint of each; excluded: it must be in none. ranges: years and prices.
    seeds: items named as examples (columns). soft: tags named, which rank and do not filter. terms: lemmas for BM25,
    text: what the encoder reads; both are without what is negated, empty where nothing is left.
    """

    wanted: list[list[Constraint]] = field(default_factory=list)
    excluded: list[Constraint] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)
    seeds: list[int] = field(default_factory=list)
    soft: list[Entity] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)
    text: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def asks_nothing(self) -> bool:
        """Whether neither a word, a name nor a range was understood."""
        return not (self.wanted or self.excluded or self.ranges or self.seeds or self.soft or self.terms)


def parse(request: str, vocabulary: Vocabulary, bm25: Bm25, tag: Tag | None = None) -> Parsed:
    """The request's constraints, seeds and query words, by greedy longest match of its lemmas against the names.

    A negation reaches up to 4 content words to the right, until a mark or a word such as but, with, for (after NegEx,
    Chapman et al., 2001). A title counts as a seed where a cue stands before it (like, similar to, than, ...), in
    quotes, or written with capitals. tag: words -> BIO tags of a trained tagger; its spans serve as cues for names that
    the rules alone would leave. Pure; the same request gives the same answer.
    """
    parsed = Parsed()
    parsed.ranges, text = find_ranges(request)
    audience, said, text = find_audience(text)
    words = words_of(text)
    walk = _Walk(text, words, vocabulary, bm25, parsed, _spans(words, tag) if tag else {})
    walk.run()
    if audience == ADULT:
        parsed.excluded += _for_children(vocabulary)
    if audience:
        parsed.notes.append(f"{said!r} is read as who it is for: {audience}")
    return parsed


def _for_children(vocabulary: Vocabulary) -> list[Constraint]:
    """Categories whose every word says that they are for children."""
    told = (entities for phrase, entities in vocabulary.phrases.items() if CHILDISH.issuperset(phrase))
    return [Constraint(one.kind, one.name, one.items) for some in told for one in some if one.kind == "category"]


def _spans(words: Sequence[Word], tag: Tag) -> dict[int, tuple[str, int]]:
    """First word of a tagged span -> (type, word after the last)."""
    tags = list(tag([word.text for word in words])) if words else []
    spans, start = {}, None
    for place, one in enumerate([*tags, "O"]):
        if start is not None and not (one.startswith("I-") and one[2:] == tags[start][2:]):
            spans[start] = (tags[start][2:], place)
            start = None
        if one != "O" and start is None:
            start = place
    return spans


class _Walk:
    """One pass over the words; every word is consumed once."""

    def __init__(self, text: str, words: list, vocabulary: Vocabulary, bm25: Any, parsed: Parsed, spans: Any):
        self.text, self.words, self.vocabulary, self.bm25, self.parsed = text, words, vocabulary, bm25, parsed
        self.spans = spans
        self.tagged = {place for start, (_, end) in spans.items() for place in range(start, end)}
        self.cased = any(word.text[0].islower() for word in words)
        self.negation: str | None = None
        self.reach = 0
        self.dropped: list[tuple[int, int]] = []
        self.last_seed = -2  # word after the last seed
        self.positive = False

    def run(self) -> None:
        place = 0
        while place < len(self.words):
            place = self._step(place)
        left = list(self.text)
        for start, end in self.dropped:
            left[start:end] = " " * (end - start)
        if self.positive:
            self.parsed.text = " ".join("".join(left).split())

    def _step(self, place: int) -> int:
        word = self.words[place]
        if self.negation and place and BREAK.search(self.text[self.words[place - 1].end : word.start]):
            self.negation = None
        lower = word.text.lower()
        if lower == "but" and place and self.words[place - 1].text.lower() in ("anything", "everything"):
            return self._negate("except", place)
        if lower in NEGATIONS or lower.endswith(("n't", "n’t")):
            following = self.words[place + 1].text.lower() if place + 1 < len(self.words) else ""
            if following in ("only", "just", "matter"):
                return place + 2
            return self._negate(lower, place)
        if matched := self._name(place):
            return matched
        if self.negation and lower in ENDS_SCOPE:
            self.negation = None
        if place in self.spans and not self.negation and (matched := self._tagged_name(place)):
            return matched
        if not word.is_stop:
            self._content(word)
        return place + 1

    def _negate(self, cue: str, place: int) -> int:
        self.negation, self.reach = cue, SCOPE_WORDS
        self.dropped.append((self.words[place].start, self.words[place].end))
        return place + 1

    def _name(self, place: int) -> int:
        """The word after the longest name that starts here, 0 where none does."""
        for end in range(min(len(self.words), place + LONGEST), place, -1):
            lemmas = tuple(word.singular for word in self.words[place:end])
            entities = self.vocabulary.phrases.get(lemmas)
            if not entities and end == place + 1 and self._cued(place, PERSON_CUES):
                entities = self.vocabulary.surnames.get(lemmas[0])
            usable = [entity for entity in entities or () if self._usable(entity, place, end)]
            if usable:
                self._take(usable, place, end)
                return end
        return 0

    def _usable(self, entity: Entity, place: int, end: int) -> bool:
        span = self.words[place:end]
        if entity.kind == "title":
            return self._is_example(place, end)
        if entity.kind == "person" and len(span) == 1:
            return self._cued(place, PERSON_CUES) or place in self.tagged
        if entity.kind == "tag":
            return not all(word.is_stop for word in span)
        return True

    def _is_example(self, place: int, end: int) -> bool:
        span = self.words[place:end]
        between = [word.text.lower() for word in self.words[max(0, self.last_seed) : place]]
        if self.last_seed >= 0 and all(word in ("and", "or", "the") for word in between) and place > 0:
            return True
        if self._cued(place, SEED_CUES) and not all(word.is_stop for word in span):
            return True
        around = self.text[max(0, span[0].start - 1) : span[0].start], self.text[span[-1].end : span[-1].end + 1]
        if all(mark and mark in QUOTES for mark in around):
            return True
        capital = all(word.text[0].isupper() or word.text[0].isdigit() or word.is_stop for word in span)
        return (
            len(span) > 1
            and self.cased
            and capital
            and any(not word.is_stop for word in span)
            or (place in self.spans and self.spans[place][0] in WORKS)
        )

    def _cued(self, place: int, cues: frozenset[str]) -> bool:
        before = range(max(0, place - CUE_REACH), place)
        return any(self.words[at].text.lower() in cues and not self._is_wish(at) for at in before)

    def _is_wish(self, place: int) -> bool:
        """Whether this word is the like of "I would like"."""
        return place > 0 and self.words[place - 1].text.lower().replace("’", "'") in WISHES

    def _take(self, entities: list[Entity], place: int, end: int) -> None:
        span = self.words[place:end]
        titles = [entity for entity in entities if entity.kind == "title"]
        named = [entity for entity in entities if entity.kind in ("category", "format", "person")]
        if self.negation:
            self.dropped.append((span[0].start, span[-1].end))
            self.reach -= 1
            for entity in entities:
                self.parsed.excluded.append(Constraint(entity.kind, entity.name, entity.items))
            return
        if titles:
            self.parsed.seeds.append(titles[0].items[0])
            self.dropped.append((span[0].start, span[-1].end))
            self.last_seed = end
            return
        self.positive = True
        self.parsed.terms += [word.lemma for word in span if not word.is_stop]
        self.parsed.soft += [entity for entity in entities if entity.kind == "tag"]
        if named:
            group = [Constraint(entity.kind, entity.name, entity.items) for entity in named]
            if self._is_choice(place) and self.parsed.wanted:
                self.parsed.wanted[-1] += group
            else:
                self.parsed.wanted.append(group)

    def _is_choice(self, place: int) -> bool:
        return place > 0 and self.words[place - 1].text.lower() == "or"

    def _tagged_name(self, place: int) -> int:
        """A span of the tagger that is no whole name: a last name, or the beginning of a title; else only a note."""
        kind, end = self.spans[place]
        lemmas = tuple(word.singular for word in self.words[place:end])
        shown = self.text[self.words[place].start : self.words[end - 1].end]
        if kind in WORKS:
            begun = {p: entities for p, entities in self.vocabulary.phrases.items() if p[: len(lemmas)] == lemmas}
            longer = [(p, e) for p in sorted(begun) if len(p) > len(lemmas) for e in begun[p] if e.kind == "title"]
            if len({entity.items[0] for _, entity in longer}) == 1:
                self._take([longer[0][1]], place, end)
                return end
        elif people := self.vocabulary.surnames.get(lemmas[-1]) if len(lemmas) == 1 else None:
            self._take(people, place, end)
            return end
        self.parsed.notes.append(f"{shown!r} looks like a {kind}, which no name of this lake is")
        return 0

    def _kindred(self, lemma: str) -> list[Entity]:
        """Categories of one word that begin as `lemma` does, up to endings of 3 letters: animated, Animation."""
        kin = []
        for phrase, entities in self.vocabulary.phrases.items():
            if len(phrase) == 1 and any(entity.kind == "category" for entity in entities):
                shared = next((n for n, (a, b) in enumerate(zip(lemma, phrase[0], strict=False)) if a != b),
                              min(len(lemma), len(phrase[0])))  # fmt: skip
                if shared >= STEM and max(len(lemma), len(phrase[0])) - shared <= ENDING:
                    kin += [entity for entity in entities if entity.kind == "category"]
        return sorted(kin, key=lambda entity: entity.name)

    def _content(self, word: Word) -> None:
        lemma = base_form(word.lemma, self.bm25.terms)
        if not self.negation:
            self.positive = True
            self.parsed.terms.append(lemma)
            return
        self.dropped.append((word.start, word.end))
        kin = self._kindred(lemma)
        for name in kin:
            self.parsed.excluded.append(Constraint(name.kind, name.name, name.items))
        holders = self.bm25.holders(lemma) if self.negation in STRONG else np.empty(0, np.int64)
        if len(holders):
            self.parsed.excluded.append(Constraint("word", word.text.lower(), tuple(holders.tolist())))
        elif not kin and word.text.lower() not in UNTOLD:
            said = f"{self.negation} {word.text}"
            self.parsed.notes.append(f"{said!r} leaves nothing out: no category or tag of this lake has the name")
        self.reach -= 1
        if self.reach == 0:
            self.negation = None
