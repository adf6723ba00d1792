"""A person's YAML file, read with one message for whatever is wrong with its form."""

import re
from pathlib import Path
from typing import Any

import yaml

from .errors import BadInput

MOST_CHARACTERS = 200_000  # what is longer takes its parser minutes
NESTED = re.compile(r"[\[{](?:\s*[\[{]){99}")  # time of the parser grows with the square of the depth
MOST_VALUES = 100_000  # with every alias written out; a few lines of aliases of aliases can stand for billions


class _NoTwice(yaml.constructor.BaseConstructor):
    """A loader that refuses a name given twice, of which YAML itself keeps the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"{key.value!r} given twice", key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Typed(_NoTwice, yaml.SafeLoader):
    pass


class _AsWritten(_NoTwice, yaml.BaseLoader):
    pass


def parse_yaml(text: str, what: str, where: str, as_written: bool = False) -> object:
    """What a YAML text says; as_written: every word as text, so that yes, no and 03 stay what they are.

    Raises BadInput where it is not YAML, gives a name twice, holds a date or number that is none, more than
    MOST_CHARACTERS characters, brackets a hundred deep or more than MOST_VALUES values.
    """
    if len(text) > MOST_CHARACTERS or NESTED.search(text):
        raise BadInput.of(what, found=f"{len(text):,} characters, or brackets within a hundred brackets", where=where,
                          expected=f"at most {MOST_CHARACTERS:,} characters")  # fmt: skip
    try:
        said = yaml.load(text, Loader=_AsWritten if as_written else _Typed)  # both make plain values only
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        found = " ".join(str(error).split())[:400]
        raise BadInput.of(what, found=found, expected="readable YAML", where=where) from error
    if _values(said, {}) > MOST_VALUES:
        raise BadInput.of(what, found="aliases that stand for more values than that", where=where,
                          expected=f"at most {MOST_VALUES:,} values")  # fmt: skip
    return said


def read_yaml(path: str | Path, what: str, where: str = "the file", as_written: bool = False) -> object:
    """`parse_yaml` of a file. Raises BadInput, too, where it is a folder, unreadable or not UTF-8."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput.of(what, found=str(error), expected="a readable YAML file in UTF-8", where=where) from error
    return parse_yaml(text, what, where, as_written)


def _values(said: object, known: dict[int, int]) -> int:
    """Values of a document with its aliases written out; known: id -> count, of what was counted before."""
    if not isinstance(said, dict | list):
        return 1
    if id(said) not in known:
        known[id(said)] = MOST_VALUES + 1  # one that holds itself has no end
        inside = said.values() if isinstance(said, dict) else said
        known[id(said)] = 1 + sum(_values(one, known) for one in inside)
    return known[id(said)]
