"""Names as people write them -> comparable ones: case, accents, articles, punctuation, years, names in brackets."""

import re
import unicodedata
from difflib import SequenceMatcher

ARTICLES = {"the", "a", "an", "la", "le", "les", "los", "las", "el", "il", "das", "der", "die", "l"}
YEAR = re.compile(r"[(\[]\s*((?:1[89]|20)\d\d)(?:\s*[-\u2013]\s*\d{0,4})?\s*[)\]]\s*$")
BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
ALSO = re.compile(r"^(?:a\.?k\.?a\.?|also known as)\s*", re.IGNORECASE)
LEAST = 3  # characters of another name in brackets
FAR = 0.7  # names less alike are not compared further


def normalised(name: str) -> str:
    """Lower case without accents, punctuation and articles at either end: "Exorcist, The" -> "exorcist"."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    words = re.sub(r"[^\w\s]", " ", re.sub(r"['\u2019]", "", "".join(c for c in plain if not unicodedata.combining(c))))
    tokens = words.replace("_", " ").split()
    if len(tokens) > 1 and tokens[-1] in ARTICLES:
        tokens = tokens[:-1]
    if len(tokens) > 1 and tokens[0] in ARTICLES:
        tokens = tokens[1:]
    return " ".join(tokens)


def year_of(name: str) -> int | None:
    """1995 of "Toy Story (1995)"; None where the name ends otherwise."""
    match = YEAR.search(name)
    return int(match.group(1)) if match else None


def variants(name: str) -> list[str]:
    """The comparable names of a name, the whole one without year and brackets first, each once, none empty."""
    bare = YEAR.sub("", name)
    others = [ALSO.sub("", part.strip()) for part in BRACKETS.findall(bare)]
    names = [BRACKETS.sub(" ", bare), bare, *(part for part in others if len(part) >= LEAST)]
    return [one for one in dict.fromkeys(map(normalised, names)) if one] or [name.casefold().strip()]


def likeness(ours: list[str], theirs: list[str]) -> float:
    """The largest share of matching characters of two variants (Ratcliff and Obershelp 1988), words in any order.

    1.0 for equal ones, 0.0 below FAR. Numbers must agree: "Part 2" is not "Part 3".
    """
    best = 0.0
    for mine in ours:
        for other in theirs:
            if mine == other:
                return 1.0
            if re.findall(r"\d+", mine) != re.findall(r"\d+", other):
                continue
            matcher = SequenceMatcher(None, mine, other, autojunk=False)
            least = max(best, FAR)  # two bounds from above that cost less than the ratio
            if matcher.real_quick_ratio() > least and matcher.quick_ratio() > least:
                ratio = matcher.ratio()
                best = ratio if ratio > least else best
            sorted_pair = [" ".join(sorted(text.split())) for text in (mine, other)]
            if sorted_pair[0] == sorted_pair[1]:
                best = max(best, 0.99)
    return best


def years_agree(ours: int | None, theirs: int | None) -> float:
    """What a name's likeness is worth beside the years: 1 equal, 0.97 unknown or a year apart, 0.5 otherwise."""
    if ours is None or theirs is None:
        return 0.97
    apart = abs(ours - theirs)
    return 1.0 if apart == 0 else 0.97 if apart == 1 else 0.5
