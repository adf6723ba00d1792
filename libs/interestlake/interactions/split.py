"""Which pairs are held out: the latest of each person, the latest of all, or a hashed sample."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]
MIN_PAIRS = 3
HASH_DIGITS = 13  # 52 bits: exact in a double


def split_pairs(method: str, validation_share: float, test_share: float, seed: int) -> Transform:
    """Pairs (user_id, item_id, first_ts, ...) -> the same with position (from 1) and split (train, validation, test).

    position: place in the person's history by (first_ts, item_id), pairs without time first. Methods:
    user_time: a person's last pairs by position are test, those before them validation. Of n pairs, round(n x share)
    are held out, at least 1 where the share is above 0; below 3 pairs all are train; one pair always is.
    hash: the same numbers, a person's pairs ordered by sha-256(seed, user_id, item_id) instead of time.
    global_time: pairs after the exact (1 - test_share) quantile of first_ts are test, those after the
    (1 - test_share - validation_share) quantile validation; pairs without time are train. Lazy.
    """
    if method == "global_time":
        return lambda pairs: pairs.transform(_placed()).transform(_by_quantile(validation_share, test_share))
    order = F.col("position") if method == "user_time" else hashed(seed)
    return lambda pairs: pairs.transform(_placed()).transform(_by_place(order, validation_share, test_share))


def hashed(seed: int) -> Column:
    """A number in [0,1) from sha-256 over seed, user_id and item_id."""
    digest = F.sha2(F.concat_ws("|", F.lit(str(seed)), "user_id", "item_id"), 256)
    return F.conv(F.substring(digest, 1, HASH_DIGITS), 16, 10).cast("double") / float(16**HASH_DIGITS)


def _placed() -> Transform:
    by_time = Window.partitionBy("user_id").orderBy(F.col("first_ts").asc_nulls_first(), "item_id")
    return lambda pairs: pairs.withColumn("position", F.row_number().over(by_time))


def _by_place(order: Column, validation_share: float, test_share: float) -> Transform:
    of_user = Window.partitionBy("user_id")
    size = F.count(F.lit(1)).over(of_user)
    from_last = F.row_number().over(of_user.orderBy(order.desc(), F.col("item_id").desc()))
    test = F.when(F.col("size") < MIN_PAIRS, 0).otherwise(_held_out(test_share))
    validation = F.when(F.col("size") < MIN_PAIRS, 0).otherwise(_held_out(validation_share))
    split = (
        F.when(F.col("from_last") <= F.least("test", F.col("size") - 1), "test")
        .when(F.col("from_last") <= F.least(F.col("test") + F.col("validation"), F.col("size") - 1), "validation")
        .otherwise("train")
    )

    def transform(pairs: DataFrame) -> DataFrame:
        counted = pairs.withColumn("size", size).withColumn("from_last", from_last)
        counted = counted.withColumn("test", test).withColumn("validation", validation)
        return counted.withColumn("split", split).drop("size", "from_last", "test", "validation")

    return transform


def _held_out(share: float) -> Column:
    if share <= 0:
        return F.lit(0)
    return F.greatest(F.floor(F.col("size") * share + 0.5), F.lit(1))


def _by_quantile(validation_share: float, test_share: float) -> Transform:
    def transform(pairs: DataFrame) -> DataFrame:
        seconds = F.col("first_ts").cast("double")
        bounds = pairs.agg(
            F.percentile(seconds, 1 - test_share).alias("test_from"),
            F.percentile(seconds, 1 - test_share - validation_share).alias("validation_from"),
        )
        test = (seconds > F.col("test_from")) & F.lit(test_share > 0)
        validation = (seconds > F.col("validation_from")) & F.lit(validation_share > 0)
        split = F.when(test, "test").when(validation, "validation").otherwise("train")
        bounded = pairs.crossJoin(F.broadcast(bounds)).withColumn("split", split)
        return bounded.drop("test_from", "validation_from")

    return transform
