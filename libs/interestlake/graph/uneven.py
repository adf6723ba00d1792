"""What in histories would make most of the pairs: people of very many items, items of nearly all people."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.counted import counted
from ..core.only_row import only_row
from ..core.params.all import Graph

COMMON = 0.8  # share of the people whose item is told


def uneven_remarks(histories: DataFrame, params: Graph) -> list[str]:
    """histories(user_id, node) of items -> a line about each of both, with the parameter that bounds them.

    Two Spark jobs that count in every task.
    """
    lengths = histories.groupBy("user_id").agg(F.count(F.lit(1)).alias("items"))
    long = F.col("items") > params.max_history
    people, many, theirs = only_row(
        lengths.agg(F.count(F.lit(1)), F.count_if(long), F.coalesce(F.sum(F.when(long, F.col("items"))), F.lit(0)))
    )
    remarks = []
    if many:
        drawn = many * params.max_history
        people_have = counted(many, "person has", "people have")
        remarks.append(f"{people_have} more than graph.max_history={params.max_history} items: {drawn:,} of their "
                    f"{theirs:,}, drawn by the seed, make pairs")  # fmt: skip
    holders = histories.groupBy("node").agg(F.count(F.lit(1)).alias("people"))
    common = holders.where(F.col("people") > COMMON * people)
    items, most = only_row(common.agg(F.count(F.lit(1)), F.max("people")))
    if items:
        items_are = counted(items, "item is", "items are")
        remarks.append(f"{items_are} with more than {COMMON:.0%} of {people:,} people, one with {most:,}: "
                       f"graph.popularity_discount={params.popularity_discount:g} makes such edges weigh "
                    f"less, and graph.max_neighbours={params.max_neighbours} of them are an item's own")  # fmt: skip
    return remarks
