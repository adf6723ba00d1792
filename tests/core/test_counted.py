"""One thing is not "1 things"."""

import ast
import re

import pytest

from interestlake.core.counted import counted

from ..conftest import ROOT


@pytest.mark.parametrize(("count", "words", "said"), [
    (1, ("item",), "1 item"), (0, ("item",), "0 items"), (1200, ("item",), "1,200 items"), (1.0, ("row",), "1 row"),
    (1, ("person", "people"), "1 person"), (2, ("person", "people"), "2 people"),
    (1, ("statement does", "statements do"), "1 statement does"),
])  # fmt: skip
def test_a_count_and_its_noun(count, words, said):
    assert counted(count, *words) == said


# what people read of one person, one list, one run at the end of a command
READ = ("serving", "cli/exploring", "cli/undo.py", "cli/doctor", "reporting", "evaluation/gate.py")
PLURALS = re.compile(
    r"^ (?:[a-z-]+ )?(items|people|entities|edges|statements|sentences|cases|tables|changes|runs|friends|neighbours|"
    r"objections|faults)\b"
)


def plurals_behind_counts(source: str) -> list[str]:
    """f-strings in which a number is followed by a plural: {x:,} items."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        for value, text in zip(node.values, node.values[1:], strict=False):
            if isinstance(value, ast.FormattedValue) and isinstance(text, ast.Constant) and value.format_spec:
                spec = ast.unparse(value.format_spec)
                if ("," in spec or ".0f" in spec) and PLURALS.search(str(text.value)):
                    found.append(ast.unparse(node))
    return found


def test_what_is_read_counts_one_thing_as_one():
    files = [path for one in READ for path in _files(ROOT / "libs" / "interestlake" / one)]
    assert len(files) > 60
    told = {f"{path.name}: {said}" for path in files for said in plurals_behind_counts(path.read_text("utf-8"))}
    bounds = {one for one in told if "more than" in one or "planned" in one or "You chose" in one}
    assert told - bounds == set()


def _files(place):
    return sorted(place.rglob("*.py")) if place.is_dir() else [place]
