"""Titles as people type them: in any case, in either form of an accent, without the year and a second title in
brackets. Plain Python, for Spark's rows and for this process's."""

import re
import unicodedata

YEAR = re.compile(r"\s*\(\d{4}\)\s*$")
BRACKETED = re.compile(r"\s*\([^()]*\)")


def folded(text: str) -> str:
    """What is compared of a text."""
    whole = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    return " ".join(whole.split())


def without_year(title: str) -> str:
    """`folded`, without a year in brackets at its end."""
    return YEAR.sub("", folded(title))


def names(title: str) -> list[str]:
    """What a title may be called: whole, without its year, without all that stands in brackets. `folded`."""
    return [one for one in dict.fromkeys((folded(title), without_year(title), BRACKETED.sub("", folded(title)).strip()))
            if one]  # fmt: skip


def parts(title: str) -> list[str]:
    """`names`, and every word of the title."""
    return [*names(title), *(word for word in re.split(r"[\s,:;()]+", folded(title)) if word)]


def compared(title: str, text: str) -> list[str]:
    """What of a title `text` may be a slip of: of several words its names, of one its words, too."""
    return names(title) if " " in folded(text) else parts(title)


def most_edits_of_title(text: str) -> int:
    """How far what is compared may be from `text`: a third of its letters, and never half of a short one."""
    letters = len(folded(text))
    return min(letters // 2, -(-letters // 3))
