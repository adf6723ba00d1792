"""Facts as sentences, by a template per relation, in a form that a text encoder reads. No Spark here."""

import re
from collections.abc import Mapping, Sequence

from .relations import Relation

MAX_OBJECTS = 8  # of a relation, in a sentence
MAX_CHARACTERS = 1200  # about 300 tokens; an encoder that reads fewer sees the first sentences
MAX_TITLES, MAX_TASTES = 12, 8


def readable(name: str) -> str:
    """The last part of an address or a dotted name, without underscores: "maker/Mira_Fairley" -> "Mira Fairley"."""
    last = re.split(r"[/#]", name.rstrip("/#"))[-1] if re.search(r"[/#]\S", name) and " " not in name else name
    return last.replace("_", " ").strip() or name


def relation_name(predicate: str) -> str:
    """ "film.film.production_company" -> "production company"."""
    return readable(predicate).split(".")[-1].strip() or predicate


def listed(names: Sequence[str]) -> str:
    """ "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def item_sentences(
    title: str, facts: Mapping[str, Sequence[str]], relations: Mapping[str, Relation], description: str | None = None
) -> str:
    """An item's title, a sentence per relation in the order of `relations`, others by name, then its description.

    facts: predicate -> objects, of which the first MAX_OBJECTS in order are said; a relation whose sentence is empty in
    the file says nothing, one that the file does not hold is said as "Relation: objects.". A bare number is an entity
    without a name and is left out, except under a relation that dates.
    """
    ordered = [name for name in relations if name in facts]
    said = [title.strip().rstrip(".") + "."] if title.strip() else []
    for predicate in [*ordered, *sorted(set(facts) - set(ordered))]:
        relation = relations.get(predicate)
        dates = relation is not None and relation.years
        objects = [readable(object) for object in sorted(facts[predicate]) if dates or not object.isdigit()]
        names = list(dict.fromkeys(objects))[:MAX_OBJECTS]
        if not names or (relation is not None and not relation.sentence):
            continue
        template = relation.sentence if relation else f"{relation_name(predicate).capitalize()}: {{objects}}."
        said.append(template.replace("{objects}", listed(names)).replace("{subject}", title))
    if description:
        said.append(description.strip())
    return " ".join(said)[:MAX_CHARACTERS]


def person_sentences(
    titles: Sequence[str], tastes: Sequence[tuple[str, str]], relations: Mapping[str, Relation]
) -> str:
    """A history: its newest titles, then the features (predicate, object) that tell it apart, strongest first."""
    said = [f"This person chose {listed([title.strip() for title in titles[:MAX_TITLES]])}."] if titles else []
    grouped: dict[str, list[str]] = {}
    for predicate, object in tastes[:MAX_TASTES]:
        grouped.setdefault(predicate, []).append(readable(object))
    for predicate, names in grouped.items():
        relation = relations.get(predicate)
        own = relation.sentence if relation else ""
        template = own or f"{relation_name(predicate)}: {{objects}}."
        sentence = template.replace("{objects}", listed(list(dict.fromkeys(names)))).replace("{subject}", "this")
        said.append(f"Typical of what they choose: {sentence[:1].lower()}{sentence[1:]}")
    return " ".join(said)[:MAX_CHARACTERS]
