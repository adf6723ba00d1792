"""The item-side tables that a recommender gathers, counted before: the catalogue has to fit, others may be left out."""

from collections.abc import Mapping
from logging import Logger

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row
from ..core.room import expect_room, gigabytes, has_room

BOUND = "recommend.max_item_gigabytes"
VECTORS = "vectors"  # the name of (text_hash, vector) among the tables


def with_room(tables: Mapping[str, DataFrame], most: float, log: Logger) -> dict[str, DataFrame]:
    """The tables, without the rows of those that would take more than `most` gigabytes, each with a line in the log.

    silver.items has to fit, or BadInput is raised; silver.{facts, friends, item_interests} and VECTORS are looked at
    where they are among the tables. A fact and an item's category count as one. Up to five counts, each one Spark job.
    """
    letters = F.length(F.concat(F.coalesce("title", F.lit("")), F.coalesce("description", F.lit(""))))
    categories = F.greatest(F.size("categories"), F.lit(0))
    row = only_row(tables["silver.items"].agg(F.count("*"), F.sum(letters), F.sum(categories)))
    items, said, carried = (value or 0 for value in row)
    expect_room(f"catalogue of {items:,} items", gigabytes(items, texts=3, numbers=4, letters=said), most, BOUND)
    fitting = dict(tables)

    def leave(name: str, what: str, planned: float) -> None:
        if not has_room(what, planned, most, BOUND, log):
            fitting[name] = fitting[name].limit(0)

    if "silver.facts" in tables:
        facts = tables["silver.facts"].count()
        leave("silver.facts", f"{facts:,} facts", gigabytes(facts + carried, texts=3))
    if "silver.friends" in tables:
        links = tables["silver.friends"].count()
        leave("silver.friends", f"{links:,} friend links", gigabytes(links, texts=2, numbers=2))
    if "silver.item_interests" in tables:
        rows = tables["silver.item_interests"].count()
        leave("silver.item_interests", f"{rows:,} interests of items", gigabytes(rows, texts=2, numbers=3))
    if VECTORS in tables and (first := tables[VECTORS].select(F.size("vector")).first()):
        leave(VECTORS, "vectors of the items' texts", gigabytes(items, texts=1, numbers=first[0]))
    return fitting
