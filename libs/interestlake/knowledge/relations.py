"""conf/knowledge/relations.yml -> what each relation is called in a sentence, and which allow one object alone."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..core.config import conf_file
from ..core.counted import counted
from ..core.errors import BadInput

KEYS = {"sentence", "functional", "mined", "names", "years", "texts"}
WHERE = "conf/params/knowledge.yml (relations)"


@dataclass(frozen=True)
class Relation:
    """`sentence` has {subject} and {objects}; "" says nothing. functional: one object at a time. mined: patterns with
    {object}, by what they are worth. names, years, texts: the object is the subject's name, the year it is from, a text
    about it."""

    sentence: str = ""
    functional: bool = False
    mined: tuple[tuple[str, float], ...] = ()
    names: bool = False
    years: bool = False
    texts: bool = False


def read_relations(path: str) -> dict[str, Relation]:
    """Predicate -> Relation, in the order of the file. Raises BadInput once with every fault."""
    path = conf_file(path)
    if not Path(path).is_file():
        raise BadInput.of("relations", found=f"no file {path}", expected="a YAML file", where=WHERE)
    try:
        given = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except yaml.YAMLError as fault:
        raise BadInput.of(f"file {path}", found=" ".join(str(fault).split()), expected="YAML", where=WHERE) from fault
    if not isinstance(given, dict):
        raise BadInput.of(f"file {path}", found=type(given).__name__, expected="`predicate: {...}` lines", where=WHERE)
    faults, relations = [], {}
    value: dict[str, Any]
    for predicate, value in given.items():
        if wrong := _fault(value):
            faults.append(f"{predicate}: {wrong}")
        else:
            mined = tuple((str(pattern), float(worth)) for pattern, worth in (value.get("mined") or {}).items())
            relations[str(predicate)] = Relation(**value | {"mined": mined})
    if faults:
        raise BadInput(f"file {path}: {counted(len(faults), 'fault')}\n  " + "\n  ".join(faults))
    return relations


def _fault(value: object) -> str | None:
    if not isinstance(value, dict) or set(value) - KEYS:
        return f"expected some of {', '.join(sorted(KEYS))}"
    sentence = value.get("sentence", "")
    if not isinstance(sentence, str) or (sentence and "{objects}" not in sentence):
        return "sentence: expected text with {objects}"
    if names := set(re.findall(r"\{(\w*)\}", sentence)) - {"subject", "objects"}:
        return f"sentence: unknown {{{sorted(names)[0]}}}; expected {{subject}} and {{objects}}"
    for flag in ("functional", "names", "years", "texts"):
        if not isinstance(value.get(flag, False), bool):
            return f"{flag}: expected true or false"
    mined = value.get("mined") or {}
    if not isinstance(mined, dict):
        return "mined: expected `pattern: confidence` lines"
    for pattern, worth in mined.items():
        if "{object}" not in str(pattern):
            return f"mined: expected {{object}} in {pattern!r}"
        if not isinstance(worth, int | float) or not 0 < worth <= 1:
            return f"mined: found {worth!r} for {pattern!r}; expected a confidence in (0, 1]"
    return None
