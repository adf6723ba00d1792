"""Which pairs are held out: the latest of each person, the latest of all, or a hashed sample."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from .quantiles import exact_quantiles

Transform = Callable[[DataFrame], DataFrame]
MIN_PAIRS = 3
HASH_DIGITS = 13  # 52 bits: exact in a double
ENDS = ("train_until", "validation_until")
LATER = (("validation", "test"), ("test",))  # the splits after the end


def split_pairs(method: str, validation_share: float, test_share: float, seed: int) -> Transform:
    """Pairs (user_id, item_id, first_ts, chosen_ts, ...), as of `weigh.chosen_pairs` -> the same with their split.

    Added: position (from 1), the place in the person's history by (first_ts, item_id), pairs without time first; split
    (train, validation, test), which the first choice alone decides; train_until and validation_until, the moments
    after which an event belongs to a later split (`event_split`), null where there is no such moment. Methods:
    user_time: a person's last pairs by (chosen_ts, item_id) are test, those before them validation. Of n pairs,
    round(n x share) are held out, at least 1 where the share is above 0; below 3 pairs all are train; one pair always
    is. The splits end with the person's first choice of a held-out pair.
    hash: the same numbers, a person's pairs ordered by sha-256(seed, user_id, item_id) instead of time; no moment.
    global_time: pairs after the exact (1 - test_share) quantile of chosen_ts are test, those after the
    (1 - test_share - validation_share) quantile validation; pairs without time are train. The splits end at the
    quantiles. Lazy, but for the four Spark jobs that find the quantiles.
    """
    if method == "global_time":
        return lambda pairs: pairs.transform(_placed()).transform(_by_quantile(validation_share, test_share))
    timed = method == "user_time"
    last = F.col("chosen_ts").desc_nulls_last() if timed else hashed(seed).desc()
    return lambda pairs: pairs.transform(_placed()).transform(_by_place(last, validation_share, test_share, timed))


def split_ends(method: str) -> Transform:
    """Split pairs -> (user_id, train_until, validation_until), a row per person; of global_time one row, no user_id."""
    ends = [F.max(name).alias(name) for name in ENDS]
    if method == "global_time":
        return lambda pairs: pairs.agg(*ends)
    return lambda pairs: pairs.groupBy("user_id").agg(*ends)


def event_split() -> Column:
    """The split of an event (event_ts) of a pair (split, train_until, validation_until).

    The pair's own, or a later one that had begun when the event happened. An event without time has its pair's.
    """
    test = (F.col("split") == "test") | (F.col("event_ts") > F.col("validation_until"))
    validation = (F.col("split") == "validation") | (F.col("event_ts") > F.col("train_until"))
    return F.when(test, "test").when(validation, "validation").otherwise("train")


def hashed(seed: int) -> Column:
    """A number in [0,1) from sha-256 over seed, user_id and item_id."""
    digest = F.sha2(F.concat_ws("|", F.lit(str(seed)), "user_id", "item_id"), 256)
    return F.conv(F.substring(digest, 1, HASH_DIGITS), 16, 10).cast("double") / float(16**HASH_DIGITS)


def _placed() -> Transform:
    by_time = Window.partitionBy("user_id").orderBy(F.col("first_ts").asc_nulls_first(), "item_id")
    return lambda pairs: pairs.withColumn("position", F.row_number().over(by_time))


def _never() -> Column:
    return F.lit(None).cast("timestamp")


def _by_place(last: Column, validation_share: float, test_share: float, timed: bool) -> Transform:
    of_user = Window.partitionBy("user_id")
    size = F.count(F.lit(1)).over(of_user)
    from_last = F.row_number().over(of_user.orderBy(last, F.col("item_id").desc()))
    test = F.when(F.col("size") < MIN_PAIRS, 0).otherwise(_held_out(test_share))
    validation = F.when(F.col("size") < MIN_PAIRS, 0).otherwise(_held_out(validation_share))
    split = (
        F.when(F.col("from_last") <= F.least("test", F.col("size") - 1), "test")
        .when(F.col("from_last") <= F.least(F.col("test") + F.col("validation"), F.col("size") - 1), "validation")
        .otherwise("train")
    )
    begins = [F.min(F.when(F.col("split").isin(*later), F.col("chosen_ts"))).over(of_user) for later in LATER]

    def transform(pairs: DataFrame) -> DataFrame:
        counted = pairs.withColumn("size", size).withColumn("from_last", from_last)
        counted = counted.withColumn("test", test).withColumn("validation", validation)
        parted = counted.withColumn("split", split).drop("size", "from_last", "test", "validation")
        return parted.withColumns(dict(zip(ENDS, begins if timed else (_never(), _never()), strict=True)))

    return transform


def _held_out(share: float) -> Column:
    if share <= 0:
        return F.lit(0)
    return F.greatest(F.floor(F.col("size") * share + 0.5), F.lit(1))


def _by_quantile(validation_share: float, test_share: float) -> Transform:
    def transform(pairs: DataFrame) -> DataFrame:
        moments = pairs.select(F.unix_micros("chosen_ts").alias("micros")).persist()
        shares = [1 - test_share - validation_share * (validation_share > 0), 1 - test_share]
        found = exact_quantiles(moments, shares) or [None, None]
        moments.unpersist()
        validation_from, test_from = (F.timestamp_micros(F.lit(micros).cast("bigint")) for micros in found)
        test_from = test_from if test_share > 0 else _never()
        validation_from = validation_from if validation_share > 0 else test_from
        test, validation = (F.col("chosen_ts") > F.col(name) for name in reversed(ENDS))
        split = F.when(test, "test").when(validation, "validation").otherwise("train")
        return pairs.withColumns(dict(zip(ENDS, (validation_from, test_from), strict=True))).withColumn("split", split)

    return transform
