"""The lake's own names: categories, formats, tags, people and titles, looked up as phrases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ...text.words import phrase_of

LONGEST = 10  # words of the longest name that is looked up


@dataclass(frozen=True)
class Entity:
    """A name of the lake: kind is category, format, tag, person or title; `items` are columns, ascending."""

    kind: str
    name: str
    items: tuple[int, ...]


@dataclass
class Vocabulary:
    """Phrases (see `text.words.phrase_of`) -> entities, and the people behind a last name."""

    phrases: dict[tuple[str, ...], list[Entity]] = field(default_factory=dict)
    surnames: dict[str, list[Entity]] = field(default_factory=dict)

    def find(self, lemmas: tuple[str, ...], *kinds: str) -> list[Entity]:
        """Entities of `kinds` whose name is this phrase, in the order they were added."""
        return [entity for entity in self.phrases.get(lemmas, ()) if entity.kind in kinds]

    def add(self, kind: str, carriers: Mapping[str, Iterable[int]]) -> None:
        """name -> columns of the items that carry it; names of one phrase ("Comedy", "comedies") become one."""
        merged: dict[tuple[str, ...], tuple[str, set[int]]] = {}
        for name in sorted(carriers):
            phrase = phrase_of(name)
            if 0 < len(phrase) <= LONGEST:
                merged.setdefault(phrase, (name, set()))[1].update(carriers[name])
        for phrase, (name, items) in merged.items():
            entity = Entity(kind, name, tuple(sorted(items)))
            self.phrases.setdefault(phrase, []).append(entity)
            if kind == "person" and len(phrase) > 1:
                self.surnames.setdefault(phrase[-1], []).append(entity)
