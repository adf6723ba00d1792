"""Whether a text holds one of some words."""

import re
from collections.abc import Callable, Sequence

from pyspark.sql import Column
from pyspark.sql import functions as F

EDGE_BEFORE, EDGE_AFTER = r"(?<![\p{L}\p{N}])", r"(?![\p{L}\p{N}])"


def holds_word(words: Sequence[str]) -> Callable[[Column], Column]:
    """Text column -> boolean: holds a whole word or phrase of `words`, in any case; "depress*" is a stem.

    Blanks of a phrase stand for any white space or hyphens. null text or no words: false.
    """
    if not words:
        return lambda text: F.lit(False)
    pattern = f"{EDGE_BEFORE}(?:{'|'.join(_one(word) for word in words)}){EDGE_AFTER}"
    return lambda text: F.coalesce(F.lower(text).rlike(pattern), F.lit(False))


def _one(word: str) -> str:
    stem = word.strip().lower()
    parts = [rf"\Q{part}\E" for part in re.split(r"[\s-]+", stem.rstrip("*")) if part]
    return r"[\s-]+".join(parts) + (r"[\p{L}\p{N}]*" if stem.endswith("*") else "")
