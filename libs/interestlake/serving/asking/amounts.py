"""Years and prices in a request, by rule: which span says it, and the range it asks for."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Reading = Callable[[re.Match], tuple[float, ...]]  # lowest, highest
YEAR = r"(?:1[89]|20)\d\d"
AMOUNT = (
    r"(?:[$€£]\s?(?P<{0}a>\d+(?:[.,]\d{{1,2}})?)"
    r"|(?P<{0}b>\d+(?:[.,]\d{{1,2}})?)\s?-?(?:dollars?|usd|bucks?|euros?|eur|pounds?|gbp|[$€£]))"
)
NOT = r"(?P<not>\b(?:not|no|nothing|none|never|isn't|aren't)\s+(?:any(?:thing)?\s+|much\s+)?)?\b"
DECADES = {"twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960, "seventies": 1970,
           "eighties": 1980, "nineties": 1990}  # fmt: skip
CHEAP = "cheap|cheaper|inexpensive|affordable|low-cost|budget"
DEAR = "expensive|pricey|premium|high-end|luxury|luxurious"
NEAR = 0.2  # "about 20 dollars" is 16 to 24


@dataclass(frozen=True)
class Range:
    """low <= value <= high of `field` (year or price); `words` are the request's own. A bound may be infinite.

    refused: none of these values; one that is not known is not refused. tercile: "cheap" or "dear" where the price is
    asked for in words: the bound then comes from the catalogue's prices.
    """

    field: str
    low: float
    high: float
    words: str
    tercile: str = ""
    refused: bool = False

    def holds(self, values: np.ndarray) -> np.ndarray:
        """(I,) values, NaN where unknown -> bool; an unknown value holds no range, and is in none."""
        with np.errstate(invalid="ignore"):
            inside = (values >= self.low) & (values <= self.high)
        return ~inside if self.refused else inside

    def priced(self, prices: np.ndarray) -> "Range":
        """The range with a tercile's bound filled in from `prices` (those of the items that are asked for)."""
        given = prices[~np.isnan(prices)]
        if not self.tercile or not len(given):
            return self
        share = {"cheap": (0, 1 / 3), "dear": (2 / 3, 1), "not dear": (0, 2 / 3), "not cheap": (1 / 3, 1)}[self.tercile]
        low, high = np.quantile(given, share)
        return Range(self.field, float(low), float(high), self.words, self.tercile)


def _years() -> list[tuple[re.Pattern, Reading]]:
    inf = float("inf")
    year = rf"(?P<y>{YEAR})\b"
    compared = {
        "older than|before|earlier than|prior to|pre-?": (-inf, -1),
        "newer than|after|later than|younger than|post-?": (1, inf),
        "since": (0, inf),
        "until|till|up to|not after|no later than": (-inf, 0),
    }

    def from_offsets(low: float, high: float):
        def read(match: re.Match):
            at = float(match["y"])
            if match["not"]:  # the other side of the bound
                return (at, inf) if high != inf else (-inf, at)
            return at + low if low != -inf else -inf, at + high if high != inf else inf

        return read

    def decade(match: re.Match):
        digits = match["d"]
        if digits in DECADES:
            return DECADES[digits], DECADES[digits] + 9
        start = int(digits)
        if start < 100:
            start += 2000 if start < 30 else 1900
        return start, start + 9

    rules = [
        (
            rf"\b(?:between|from)\s+(?P<y>{YEAR})\s+(?:and|to|until|till)\s+(?P<z>{YEAR})\b",
            lambda m: tuple(sorted((float(m["y"]), float(m["z"])))),
        ),
        (
            rf"(?<![\d$€£])\b(?P<y>{YEAR})\s?[-–]\s?(?P<z>{YEAR})\b",
            lambda m: tuple(sorted((float(m["y"]), float(m["z"])))),
        ),
        (rf"\bfrom\s+{year}\s+on(?:wards?)?\b", lambda m: (float(m["y"]), inf)),
        *(
            (rf"{NOT}(?:{cues})\s?(?:the\s+year\s+)?{year}", from_offsets(*offsets))
            for cues, offsets in compared.items()
        ),
        (r"\b(?:in|from|of)?\s?(?:the\s+)?(?:early\s+|late\s+|mid\s+)?'?(?P<d>(?:1[89]|20)?\d0)'?s\b", decade),
        (rf"\b(?:in|from|of)?\s?(?:the\s+)?(?P<d>{'|'.join(DECADES)})\b", decade),
        (rf"\b(?:in|from|of|released in|made in)\s+(?:the year\s+)?{year}", lambda m: (float(m["y"]), float(m["y"]))),
    ]
    return [(re.compile(pattern, re.IGNORECASE), read) for pattern, read in rules]


def _prices() -> list[tuple[re.Pattern, Reading]]:
    inf = float("inf")
    one, two = AMOUNT.format("p"), AMOUNT.format("q")

    def number(match: re.Match, name: str):
        return float((match[f"{name}a"] or match[f"{name}b"]).replace(",", "."))

    def bounded(match: re.Match):
        if match["q"]:
            return number(match, "p"), number(match, "q")
        return tuple(sorted((float(match["bare"]), number(match, "q"))))

    def most(match: re.Match):
        at = number(match, "p")
        return (at, inf) if match["not"] else (0.0, at)

    def least(match: re.Match):
        at = number(match, "p")
        return (0.0, at) if match["not"] else (at, inf)

    def near(match: re.Match):
        at = number(match, "p")
        return at * (1 - NEAR), at * (1 + NEAR)

    rules = [
        (
            rf"\b(?:between|from)\s+[$€£]?\s?(?P<bare>\d+(?:\.\d+)?)\s*(?:and|to|-)\s*{two}",
            lambda m: tuple(sorted((float(m["bare"]), number(m, "q")))),
        ),
        (rf"(?:{NOT}(?:under|below|less than|cheaper than|at most|up to|max(?:imum)?(?: of)?|within))\s+{one}", most),
        (rf"(?:{NOT}(?:over|above|more than|at least|min(?:imum)?(?: of)?|dearer than))\s+{one}", least),
        (rf"\b(?:around|about|roughly|for)?\s*(?<![\w.]){one}", near),
    ]
    return [(re.compile(pattern, re.IGNORECASE), read) for pattern, read in rules]


YEAR_RULES, PRICE_RULES = _years(), _prices()
# what stands between a no and the range that it refuses; any other word is refused itself, and the range is wanted
GENERAL = (
    "a an the any all anything everything something more films film movies movie books book items item ones those "
    "these titles songs music albums artists products things stuff that is are was were want wants like likes need "
    "needs show give list watch see me us i you made released"
).replace(" ", "|")
REFUSED = re.compile(r"(?:\b(?:not|no|without|except(?:ing)?|excluding|exclude|never|nothing|none|avoid|skip|hate)"
                     rf"|\b\w+n['’]t)(?:\s+(?:{GENERAL}))*\s*$", re.IGNORECASE)  # fmt: skip
PRICE_WORDS = re.compile(rf"(?P<not>\b(?:not|nothing|isn't)\s+(?:too\s+|very\s+|so\s+)?)?\b(?:(?P<cheap>{CHEAP})"
                         rf"|(?P<dear>{DEAR}))\b", re.IGNORECASE)  # fmt: skip


def find_ranges(text: str) -> tuple[list[Range], str]:
    """Request -> its ranges in the order of their rules, and the request with their spans blanked out (same length).

    Each span is read once, by the first rule that fits. Amounts need a currency; a year needs a word such as in,
    before or since, since a bare number may be a title. A range behind a no ("no films from the 90s") is refused.
    Currencies are not converted.
    """
    ranges = []
    for field, rules in (("price", PRICE_RULES), ("year", YEAR_RULES)):
        for pattern, read in rules:
            while match := pattern.search(text):
                low, high = read(match)
                refusal = None if match.groupdict().get("not") else REFUSED.search(text[: match.start()])
                start = refusal.start() if refusal else match.start()
                words = " ".join(text[start : match.end()].split())
                ranges.append(Range(field, float(low), float(high), words, refused=refusal is not None))
                text = text[:start] + " " * (match.end() - start) + text[match.end() :]
    while match := PRICE_WORDS.search(text):
        tercile = ("not " if match["not"] else "") + ("cheap" if match["cheap"] else "dear")
        ranges.append(Range("price", 0.0, float("inf"), match.group().strip(), tercile))
        text = text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]
    return ranges, text
