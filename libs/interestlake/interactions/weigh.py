"""How much one event, and one user-item pair, says about interest."""

from collections.abc import Callable, Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

Transform = Callable[[DataFrame], DataFrame]
# share of full interest that one event of the type stands for
BASE_WEIGHTS = {"rating": 1.0, "review": 1.0, "purchase": 1.0, "play": 1.0, "like": 0.8, "view": 0.3, "tag": 0.3}
RATED, COUNTED = ("rating", "review"), ("play", "view", "purchase")
MIN_SHARE, MIN_WEIGHT, SECONDS_PER_DAY = 0.05, 1e-6, 86_400


def weigh_pairs(
    half_life_days: float = 0.0,
    min_rating: float = 0.0,
    event_weights: Mapping[str, float] | None = None,
    half_lives: Mapping[str, float] | None = None,
) -> Transform:
    """bronze.events -> pairs (user_id, item_id, weight in (0,1], event_count, first_ts, last_ts), key user and item.

    An event adds base weight of its type x share x 2^(-age / half_life_days), age from the newest event in the frame
    (half_life_days 0, or an event without time: no decay). share, at least 0.05: a rating r counts r / r_max, a count
    n counts ln(1+n) / ln(1+n_max), the maximum over the person's events of that kind and source; 1 without a value.
    The sums are divided by the person's largest, at least 1e-6. A pair whose best rating is below `min_rating` is left
    out. Tags count only beside another event: a pair that was only tagged is left out. `event_weights` stand in the
    place of BASE_WEIGHTS, events of weight 0 are left out; `half_lives` in the place of half_life_days, by type. Lazy,
    one shuffle by user, and one more pass over the events' times where they decay.
    """

    weights = {**BASE_WEIGHTS, **(event_weights or {})}
    silent = sorted(name for name, weight in weights.items() if weight == 0)

    def transform(events: DataFrame) -> DataFrame:
        events = events.where(~F.col("event_type").isin(silent)) if silent else events
        of_person = Window.partitionBy("user_id", "source", "measure")
        of_user = Window.partitionBy("user_id")
        decayed = _with_decay(events, half_life_days, half_lives or {})
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
            .withColumn("part", _base_weight(weights) * F.coalesce(share, F.lit(1.0)) * F.col("decay"))
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


def _base_weight(weights: Mapping[str, float]) -> Column:
    return F.coalesce(*(F.when(F.col("event_type") == name, float(weight)) for name, weight in weights.items()))


def _with_decay(events: DataFrame, half_life_days: float, half_lives: Mapping[str, float]) -> DataFrame:
    if half_life_days <= 0 and not any(half_lives.values()):
        return events.withColumn("decay", F.lit(1.0))
    of_type = [F.when(F.col("event_type") == name, float(days)) for name, days in half_lives.items()]
    half_life = F.coalesce(*of_type, F.lit(float(half_life_days)))
    newest = events.agg(F.max("event_ts").alias("newest_ts"))
    age_days = (F.col("newest_ts").cast("double") - F.col("event_ts").cast("double")) / SECONDS_PER_DAY
    decay = F.when(half_life > 0, F.coalesce(F.pow(F.lit(2.0), -age_days / half_life), F.lit(1.0))).otherwise(1.0)
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
