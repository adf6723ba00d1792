"""Words of a request and of item texts in one normal form: lower case, lemma, with their place."""

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .lemmas import DICTIONARY, FORM_DELIMITER, KEY_DELIMITER

# scikit-learn's list (Stone, Dennis and Kwantes 2010), which a test holds it to: loading scikit-learn takes seconds
ENGLISH_STOP_WORDS = frozenset(
    Path(__file__).with_name("data").joinpath("stop_words.txt").read_text(encoding="utf-8").split()
)
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# words of the list that say what an item is about
CONTENT = frozenset("bill cry fire system computer mill".split())
# how people ask, not what for
ASKING = frozenset(
    "want wants wanted need needs looking look find recommend recommendation suggest suggestion show give get like "
    "something anything thing things stuff item items product products please maybe kind kinds sort type good great "
    "nice would i'd i'm im dont don't doesn't let's lets buy watch read listen see love loved enjoy enjoyed really "
    "just new one ones tell help hello hi hey thanks thank bit little lot lots movie movies film films starring "
    "featuring directed".split()
)
STOP_WORDS = (ENGLISH_STOP_WORDS - CONTENT) | ASKING


@dataclass(frozen=True)
class Word:
    """One word: as written, its lemma and its singular in lower case, and where it stands in the text."""

    text: str
    lemma: str
    singular: str
    start: int
    end: int

    @property
    def is_stop(self) -> bool:
        return self.text.lower() in STOP_WORDS or self.lemma in STOP_WORDS


@lru_cache(maxsize=1)
def _lemmas() -> dict[str, str]:
    lemmas = {}
    for line in DICTIONARY.read_text(encoding="utf-8").splitlines():
        lemma, _, forms = line.partition(KEY_DELIMITER)
        lemmas.update((form, lemma) for form in forms.strip().split(FORM_DELIMITER))
    return lemmas


def lemma_of(word: str) -> str:
    """Lower case without a possessive ending, then the dictionary's lemma where it has one."""
    plain = word.lower().replace("’", "'").removesuffix("'s")
    return _lemmas().get(plain, plain)


def singular_of(word: str) -> str:
    """The lemma where `word` is its plural in spelling, else the word in lower case: names keep their -ing and -ed."""
    plain = word.lower().replace("’", "'").removesuffix("'s")
    return lemma_of(plain) if plain.endswith("s") else plain


def words_of(text: str) -> list[Word]:
    """The words of `text` in order; digits count as words, marks do not."""
    return [Word(m.group(), lemma_of(m.group()), singular_of(m.group()), m.start(), m.end())
            for m in WORD.finditer(text)]  # fmt: skip


def phrase_of(text: str) -> tuple[str, ...]:
    """The words of a name in lower case and singular, the form in which names are looked up."""
    return tuple(_forms(word)[1] for word in WORD.findall(text))


def content_of(text: str) -> list[str]:
    """The lemmas of `text` that are no stop words, in order."""
    return [lemma for lemma, _, stops in map(_forms, WORD.findall(text)) if not stops]


@lru_cache(maxsize=1 << 17)  # a catalogue repeats its words
def _forms(text: str) -> tuple[str, str, bool]:
    """Lemma, singular, and whether it is a stop word."""
    word = Word(text, lemma_of(text), singular_of(text), 0, len(text))
    return word.lemma, word.singular, word.is_stop


def base_form(lemma: str, lemmas: Container[str]) -> str:
    """funnier -> funny, darkest -> dark, where the word itself is not in `lemmas` and its plain form is."""
    if lemma in lemmas:
        return lemma
    for ending in ("ier", "iest", "er", "est"):
        if lemma.endswith(ending) and len(lemma) > len(ending) + 2:
            stem = lemma.removesuffix(ending)
            forms: Iterable[str] = (stem + "y",) if ending.startswith("i") else (stem, stem + "e", stem[:-1])
            for form in forms:
                if form in lemmas:
                    return form
    return lemma
