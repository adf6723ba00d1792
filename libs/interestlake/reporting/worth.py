"""gold.metrics -> what people's interests are worth on held-out items, and how the sentences of the lists read."""

from collections.abc import Iterable, Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .content import Missing, Worth

SPLITS = ("test", "release")
NOTHING = Missing(
    "Neither interests nor sentences were judged in this run: the evaluate stage has not run under this id."
)


# metric: label, form, meaning
KNOWN = {
    "interest_lift": ("Lift of interests", "{:.2f}×",
                      "held-out items that carry a person's first five interests, beside everybody's share of them"),
    "interest_places": ("Interests a person", "{:.1f}", "that are surely stronger than everybody's, of the first five"),
    "interest_widest": ("Widest interest", "{:.0%}", "of people have one and the same, categories apart"),
    "interest_bare_words": ("Bare words", "{:.1%}", "of the first interests are single words cut out of texts"),
    "reason_words": ("Words a reason", "{:.1f}", "in the mean; no sentence has more than 25"),
    "reason_distinct": ("Reasons of their own", "{:.0%}",
                        "of a list's entries have a sentence that no other entry has"),
}  # fmt: skip


def collect_worth(metrics: DataFrame, run_id: str) -> list[Mapping]:
    """gold.metrics -> this run's rows of KNOWN metrics, a row each. One Spark job."""
    rows = metrics.where((F.col("run_id") == run_id) & F.col("split").isin(*SPLITS) & F.col("metric").isin(*KNOWN))
    return [row.asDict() for row in rows.where("segment = 'all'").collect()]


def worth(rows: Iterable[Mapping]) -> tuple[Worth, ...] | Missing:
    """`collect_worth` -> figures in the order of KNOWN; those with nobody behind them are left out."""
    found = {row["metric"]: row for row in rows if row["users"]}
    shown = tuple(
        Worth(label, form.format(found[name]["value"]), meaning, found[name]["users"])
        for name, (label, form, meaning) in KNOWN.items()
        if name in found
    )
    return shown or NOTHING
