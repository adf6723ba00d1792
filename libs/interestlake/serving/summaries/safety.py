"""What never reaches a text: blocked words, private details, and whatever a classifier of one's own says no to."""

import importlib
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import yaml

from ...core.errors import BadInput

WORDS = Path(__file__).with_name("data") / "words.yml"
PRIVATE = (
    re.compile(r"\[(?:email|phone|card)\]"),
    re.compile(r"(?i)[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"),
    re.compile(r"(?<![\w.])\+?\d[\d ().-]{7,}\d(?!\w)"),
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
    re.compile(r"(?i)\b(?:https?://|www\.)\S+"),
    re.compile(r"(?i)\b\d{1,5} [a-z]+(?: [a-z]+)? (?:street|st|road|rd|avenue|ave|lane|ln|drive)\b"),
    re.compile(r"(?i)\bmy (?:name is|address|phone|social security|password|doctor|therapist|diagnosis)\b"),
)
THRESHOLD = 0.5
Judge = Callable[[Sequence[str]], list[bool]]


@cache
def word_lists() -> dict:
    """data/words.yml: opposites, negations, blocked."""
    return yaml.safe_load(WORDS.read_text(encoding="utf-8"))


def make_judge(blocked_file: str | None = None, classifier: str | None = None) -> Judge:
    """-> texts -> whether each may be shown.

    blocked_file: further words or phrases, one a line. classifier: "package.module:function", texts -> probabilities
    that a text is harmful; THRESHOLD and above is refused. Raises BadInput for a file or function that is not there,
    and for a classifier that answers another number of values.
    """
    words = list(word_lists()["blocked"])
    if blocked_file:
        path = Path(blocked_file)
        if not path.is_file():
            raise BadInput.of("blocked words", found=f"no file {path}", expected="one word a line", where="--blocked")
        words += [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    listed = "|".join(re.escape(word) for word in sorted(words))
    pattern = re.compile(rf"(?i)(?<!\w)(?:{listed})(?:s|ed|ing)?(?!\w)")
    probabilities = _load(classifier) if classifier else None

    def judge(texts: Sequence[str]) -> list[bool]:
        shown = [not pattern.search(text) and not any(p.search(text) for p in PRIVATE) for text in texts]
        if probabilities is not None and texts:
            values = list(probabilities(list(texts)))
            if len(values) != len(texts):
                raise BadInput.of(
                    f"classifier {classifier}",
                    found=f"{len(values)} values",
                    expected=f"{len(texts)}",
                    where="--classifier",
                )
            shown = [fine and float(p) < THRESHOLD for fine, p in zip(shown, values, strict=True)]
        return shown

    return judge


def _load(name: str) -> Callable:
    module, _, function = name.partition(":")
    try:
        return getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as fault:
        raise BadInput.of(
            f"classifier {name}", found=str(fault), expected="package.module:function", where="--classifier"
        ) from fault
