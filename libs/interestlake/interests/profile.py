"""How much an item says of a person, by the interests it carries: rare ones more."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def with_rarity(item_interests: DataFrame, vocabulary: DataFrame) -> DataFrame:
    """silver.item_interests, silver.interests -> (item_id, interest_id, kind, weight, carry > 0). Lazy.

    carry = item weight * ln(1 + items / items that carry the interest): what everything carries says little of a
    person (Sparck Jones, 1972).
    """
    items = item_interests.agg(F.countDistinct("item_id").alias("items"))
    rare = vocabulary.crossJoin(F.broadcast(items)).select(
        "interest_id", "kind", F.log1p(F.col("items") / F.col("item_count")).alias("rarity")
    )
    carried = item_interests.join(F.broadcast(rare), "interest_id")
    return carried.select(
        "item_id", "interest_id", "kind", "weight", (F.col("weight") * F.col("rarity")).alias("carry")
    )
