"""How much one event, and one user-item pair, says about interest."""

from collections.abc import Callable

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]
# share of full interest that one event of the type stands for
BASE_WEIGHTS = {"rating": 1.0, "review": 1.0, "purchase": 1.0, "play": 1.0, "like": 0.8, "view": 0.3, "tag": 0.3}
RATED, COUNTED = ("rating", "review"), ("play", "view", "purchase")
MIN_SHARE, MIN_WEIGHT, SECONDS_PER_DAY = 0.05, 1e-6, 86_400


def weigh_pairs(half_life_days: float = 0.0, min_rating: float = 0.0) -> Transform:
    """bronze.events -> pairs (user_id, item_id, weight in (0,1], event_count, first_ts, last_ts), key user and item.

    An event adds base weight of its type x share x 2^(-age / half_life_days), age from the newest event in the frame
    (half_life_days 0, or an event without time: no decay). share, at least 0.05: a rating r counts r / r_max, a count
    n counts ln(1+n) / ln(1+n_max), the maximum over the person's events of that kind and source; 1 without a value.
    The sums are divided by the person's largest, at least 1e-6. A pair whose best rating is below `min_rating` is left
    out. Tags count only beside another event: a pair that was only tagged is left out. Lazy, one shuffle by user, and
    one more pass over the events' times where they decay.
    """

    def transform(events: DataFrame) -> DataFrame:
        of_person = Window.partitionBy("user_id", "source", "measure")
        of_user = Window.partitionBy("user_id")
        decayed = _with_decay(events, half_life_days)
        size = F.when(F.col("event_type").isin(*RATED), F.col("value")).when(
            F.col("event_type").isin(*COUNTED), F.log1p("value")
        )
        measure = F.when(F.col("event_type").isin(*RATED), "rating").otherwise(F.col("event_type"))
        largest = F.max("size").over(of_person)
        share = F.when(largest > 0, F.greatest(F.col("size") / largest, F.lit(MIN_SHARE))).otherwise(1.0)
        shared = (
            decayed.repartition("user_id")
            .withColumn("size", size)
            .withColumn("measure", measure)
            .withColumn("part", _base_weight() * F.coalesce(share, F.lit(1.0)) * F.col("decay"))
        )
        pairs = shared.groupBy("user_id", "item_id").agg(
            F.sum("part").alias("sum"),
            F.count(F.lit(1)).cast("int").alias("event_count"),
            F.min("event_ts").alias("first_ts"),
            F.max("event_ts").alias("last_ts"),
            F.max((F.col("event_type") != "tag").cast("int")).alias("beside_tags"),
            F.max(F.when(F.col("event_type").isin(*RATED), F.col("value"))).alias("best_rating"),
        )
        kept = pairs.where((F.col("beside_tags") == 1) & (F.coalesce("best_rating", F.lit(min_rating)) >= min_rating))
        weight = F.greatest(F.col("sum") / F.max("sum").over(of_user), F.lit(MIN_WEIGHT))
        return kept.select("user_id", "item_id", weight.alias("weight"), "event_count", "first_ts", "last_ts")

    return transform


def _base_weight() -> Column:
    weights = [F.when(F.col("event_type") == name, weight) for name, weight in BASE_WEIGHTS.items()]
    return F.coalesce(*weights)


def _with_decay(events: DataFrame, half_life_days: float) -> DataFrame:
    if half_life_days <= 0:
        return events.withColumn("decay", F.lit(1.0))
    newest = events.agg(F.max("event_ts").alias("newest_ts"))
    age_days = (F.col("newest_ts").cast("double") - F.col("event_ts").cast("double")) / SECONDS_PER_DAY
    decay = F.coalesce(F.pow(F.lit(2.0), -age_days / half_life_days), F.lit(1.0))
    return events.crossJoin(F.broadcast(newest)).withColumn("decay", decay).drop("newest_ts")


def drop_rare(min_user_events: int = 1, min_item_events: int = 1) -> Transform:
    """Pairs -> pairs of items with at least `min_item_events` pairs, then of people with at least `min_user_events`.

    One pass each, in that order: an item may fall below its minimum again when people go. Lazy.
    """

    def transform(pairs: DataFrame) -> DataFrame:
        for key, least in (("item_id", min_item_events), ("user_id", min_user_events)):
            if least > 1:
                count = F.count(F.lit(1)).over(Window.partitionBy(key))
                pairs = pairs.withColumn("pairs_of_key", count).where(F.col("pairs_of_key") >= least)
                pairs = pairs.drop("pairs_of_key")
        return pairs

    return transform
