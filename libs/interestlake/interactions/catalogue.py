"""Pairs with row numbers, and the people and items behind them."""

from collections.abc import Callable

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]


def known_items(items: DataFrame, events: DataFrame) -> DataFrame:
    """item_id of everything that is listed or that somebody did something with, each once. Lazy."""
    return items.select("item_id").unionByName(events.select("item_id")).distinct()


def user_rows(user_index: DataFrame) -> Transform:
    """Pairs with split -> silver.users of the people in them; item_count counts train pairs. Lazy."""

    def transform(pairs: DataFrame) -> DataFrame:
        people = pairs.groupBy("user_id").agg(
            F.count_if(F.col("split") == "train").cast("int").alias("item_count"),
            F.min("first_ts").alias("first_ts"),
            F.max("last_ts").alias("last_ts"),
        )
        return people.join(user_index, "user_id").select("user_id", "user_index", "item_count", "first_ts", "last_ts")

    return transform


def item_rows(items: DataFrame, item_index: DataFrame) -> Transform:
    """Pairs with split -> silver.items of `item_index`, with what `items` says of them; user_count counts train pairs.

    An item that no source describes has its id for a title and no categories. Lazy.
    """

    def transform(pairs: DataFrame) -> DataFrame:
        counts = pairs.where("split = 'train'").groupBy("item_id").agg(F.count(F.lit(1)).alias("user_count"))
        listed = items.select("item_id", "title", "description", "categories")
        whole = item_index.join(listed, "item_id", "left").join(counts, "item_id", "left")
        return whole.select(
            "item_id",
            "item_index",
            F.coalesce("title", "item_id").alias("title"),
            "description",
            F.coalesce("categories", F.array().cast("array<string>")).alias("categories"),
            F.coalesce("user_count", F.lit(0)).cast("int").alias("user_count"),
        )

    return transform


def indexed_pairs(user_index: DataFrame, item_index: DataFrame) -> Transform:
    """Pairs with split and position -> silver.interactions. Lazy."""

    def transform(pairs: DataFrame) -> DataFrame:
        whole = pairs.join(user_index, "user_id").join(item_index, "item_id")
        return whole.select(
            "user_id",
            "item_id",
            "user_index",
            "item_index",
            "weight",
            "event_count",
            "position",
            "first_ts",
            "last_ts",
            "split",
        )

    return transform
