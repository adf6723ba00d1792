"""For whom a request asks, by rule: an age is no word of the catalogue's."""

import re

from .amounts import REFUSED

CHILD, TEEN, ADULT = "children", "teen", "adult"  # the words that stand for an age in what is looked up
GROWN, YOUNG = 18, 13
KIN = (
    "(?:daughter|son|girl|boy|child|kid|niece|nephew|granddaughter|grandson|grandchild|sister|brother|toddler|student|"
    "pupil|cousin)s?"
)
YEARS = r"(?P<age>\d{1,3})(?:\s?(?:-|–|to|or|and)\s?\d{1,3})?"
AGE = re.compile(
    rf"\b(?:{YEARS}\s?-?\s?years?\s?-?\s?olds?|{YEARS.replace('age', 'aged')}\s?-?\s?y/?o)\b(?:\s+{KIN}\b)?"
    rf"|\b(?:aged?|ages)\s+{YEARS.replace('age', 'at')}\b(?!\s*-?\s*(?:years?|months?|days?)\b)",
    re.IGNORECASE,
)
# before an age: it is compared with, or whom the thing is about
OTHERWISE = re.compile(
    r"\b(?:than|most|least|over|under|about|of|is|was|with)(?:\s+(?:an?|the|some))?\s*$", re.IGNORECASE
)
ADULTS = re.compile(
    r"\b(?:(?:only|just)\s+)?for\s+(?:adults|grown-?\s?ups)\b(?!\s*(?:and|or|&|,)\s*(?:the\s+)?(?:kids|children|teens|"
    r"famil))(?:\s+only\b)?|\badults\s+only\b",
    re.IGNORECASE,
)


def find_audience(text: str) -> tuple[str, str, str]:
    """Request -> who it is for (CHILD, TEEN, ADULT, or empty), the request's own words, and the request in which
    a child's or a teenager's age stands as that word and an adult's is blanked out.

    An age that is compared with, refused, of whom a thing is about, or part of a title is left as it stands. That of a
    thing ("a 20 year old whisky") cannot be told from a person's: it reads as an adult's, which asks for nothing but
    leaves out what is for children.
    """
    if (match := AGE.search(text)) and not _of_something_else(text, match):
        age = int(match["age"] or match["aged"] or match["at"])
        who = CHILD if age < YOUNG else TEEN if age < GROWN else ADULT
    elif (match := ADULTS.search(text)) and not REFUSED.search(text[: match.start()]):
        who = ADULT
    else:
        return "", "", text
    said = "" if who == ADULT else who
    return who, " ".join(match.group().split()), f"{text[: match.start()]}{said}{text[match.end() :]}"


def _of_something_else(text: str, match: re.Match) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    titled = re.search(r"Year|Old", match.group()) is not None and re.match(r"\s+[A-Z]", after) is not None
    return (
        titled or OTHERWISE.search(before) is not None or REFUSED.search(f"{before.removesuffix('for ')}") is not None
    )
