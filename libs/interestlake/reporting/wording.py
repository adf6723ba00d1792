"""The words and number forms of the report: one name per model, metric, source and kind."""

from collections.abc import Iterable
from dataclasses import dataclass

MODELS = {
    "fused": "Fused",
    "popularity": "Popularity",
    "item_knn": "Item-kNN",
    "user_knn": "User-kNN",
    "ease": "EASE",
    "sequence_ease": "Sequence EASE",
    "als": "ALS",
    "graph_filter": "Graph filter",
    "transitions": "Transitions",
    "trend": "Trend",
    "social": "Social",
    "text": "Text",
    "words": "Words",
    "content": "Content",
    "content_evidence": "Content steps",
    "content_ease": "Content EASE",
    "appeal": "Appeal",
    "facts": "Facts",
    "information": "Information",
    "fact_knn": "Fact-kNN",
    "distribution": "Distribution",
    "lightgcn": "LightGCN",
    "sasrec": "SASRec",
    "ncf": "NCF",
    "log_evidence": "Log evidence",
    "two_tower": "Two-tower",
}
# what a reader of their own page is told of the models, by the registry's reason codes
WAYS = {
    "next": ("near what you chose, in other people's histories", ("transitions", "log_evidence")),
    "together": ("chosen by people who chose the same as you", ("item_knn", "ease", "sequence_ease")),
    "text": ("described like what you chose", ("text", "words", "content", "distribution")),
    "facts": ("has facts in common with what you chose", ("facts", "information", "fact_knn")),
    "pattern": ("fits the pattern of your choices", ("user_knn", "als", "graph_filter", "content_evidence",
                "content_ease", "lightgcn", "sasrec", "two_tower", "ncf")),
    "friends": ("chosen by your friends", ("social",)),
    "popular": ("chosen by many", ("popularity", "trend", "appeal")),
}  # fmt: skip
SOURCES = {
    "sample": "Sample world",
    "movielens": "MovieLens",
    "amazon-reviews": "Amazon reviews",
    "lastfm": "Last.fm",
    "yelp": "Yelp",
    "mind": "MIND",
    "hm": "H&M",
    "criteo": "Criteo",
    "retailrocket": "RetailRocket",
    "steam": "Steam",
    "goodbooks": "Goodbooks",
    "book-crossing": "Book-Crossing",
    "table": "Own table",
    "feedback": "Feedback",
}
GRAINS = {
    "behaviour": "Behaviour",
    "text": "Text",
    "social": "Social",
    "knowledge": "Knowledge",
    "sequence": "Sequence",
}
KINDS = {"category": "Categories", "tag": "Tags", "keyword": "Keywords", "topic": "Topics"}


@dataclass(frozen=True)
class Measure:
    """One metric: its name in gold.metrics, its heading, what it says, and the decimals it is shown with."""

    name: str
    label: str
    meaning: str
    places: int


MEASURES = (
    Measure("ndcg", "nDCG", "held-out items found, those near the top count more", 4),
    Measure("map", "MAP", "mean of the precision at each hit", 4),
    Measure("recall", "Recall", "share of the held-out items that the list holds", 4),
    Measure("precision", "Precision", "share of the list that was held out", 4),
    Measure("hit_rate", "Hit rate", "people with at least one hit", 4),
    Measure("coverage", "Coverage", "share of the catalogue that is shown to anyone", 4),
    Measure("novelty", "Novelty", "mean of -log2 popularity, in bits: higher is less obvious", 2),
    Measure("diversity", "Diversity", "how unlike the items of one list are", 3),
)


def metric_label(name: str) -> str:
    """ "ndcg" -> "nDCG"; a name without an entry is shown as it is, with spaces."""
    return next((m.label for m in MEASURES if m.name == name), name.replace("_", " "))


def model_label(name: str) -> str:
    return MODELS.get(name, name.replace("_", " "))


def ways(shares: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    """(model, share) -> (in words of WAYS, share of all that say so), largest first, ties by words; models of no way of
    them are "found in another way"."""
    said = {model: words for words, models in WAYS.values() for model in models}
    totals: dict[str, float] = {}
    for model, share in shares:
        words = said.get(model, "found in another way")
        totals[words] = totals.get(words, 0.0) + share
    return sorted(totals.items(), key=lambda one: (-one[1], one[0]))


def source_label(name: str) -> str:
    return SOURCES.get(name, name)


def grain_label(name: str) -> str:
    return GRAINS.get(name, name)


def kind_label(name: str) -> str:
    return KINDS.get(name, name.replace("_", " ").capitalize())


def whole(value: float) -> str:
    """12345 -> "12,345"."""
    return f"{value:,.0f}"


def percent(share: float, places: int = 0) -> str:
    """0.254 -> "25 %" with a no-break space; above 0 but rounding to 0: "< 1 %"."""
    if 0 < share < 0.5 * 10 ** (-2 - places):
        return f"< {10**-places:.{places}f} %"
    return f"{100 * share:.{places}f} %"


def signed_percent(change: float) -> str:
    """0.127 -> "+12.7 %"."""
    return f"{'+' if change >= 0 else '−'}{abs(100 * change):.1f} %"


def seconds(value: float) -> str:
    """7.25 -> "7.3 s"; 152 -> "2 min 32 s"."""
    if value < 60:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02d} s"


def shortened(user_id: str) -> str:
    """The first eight characters of a pseudonym."""
    return user_id if len(user_id) <= 10 else f"{user_id[:8]}…"


def clipped(text: str, length: int) -> str:
    """At most `length` characters, cut at a word where one ends late enough."""
    if len(text) <= length:
        return text
    cut = text[: length - 1]
    space = cut.rfind(" ")
    return f"{cut[:space] if space > 0.6 * length else cut}…"
