"""How much one event, and one user-item pair, says about interest."""

from collections.abc import Callable, Mapping

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from .split import ENDS, event_split

Transform = Callable[[DataFrame], DataFrame]
# share of full interest that one event of the type stands for
BASE_WEIGHTS = {"rating": 1.0, "review": 1.0, "purchase": 1.0, "play": 1.0, "like": 0.8, "view": 0.3, "tag": 0.3}
RATED, COUNTED = ("rating", "review"), ("play", "view", "purchase")
MIN_SHARE, MIN_WEIGHT, SECONDS_PER_DAY = 0.05, 1e-6, 86_400


def chosen_pairs(event_weights: Mapping[str, float] | None = None) -> Transform:
    """bronze.events -> pairs (user_id, item_id, first_ts, chosen_ts, events), key user and item.

    Of events that count: those of a type with weight 0 in `event_weights` are left out, and with them the pairs that
    have no other. first_ts: the pair's first event; chosen_ts: its first choice, which a tag is not (a pair that was
    only tagged is left out); null without a time. events: array of (event_ts, event_type, source, value), sorted, so
    that sums run in one order. Lazy, one shuffle by user.
    """
    silent = sorted(name for name, weight in (event_weights or {}).items() if weight == 0)
    choice = F.col("event_type") != "tag"

    def transform(events: DataFrame) -> DataFrame:
        events = events.where(~F.col("event_type").isin(silent)) if silent else events
        pairs = (
            events.repartition("user_id")
            .groupBy("user_id", "item_id")
            .agg(
                F.min("event_ts").alias("first_ts"),
                F.min(F.when(choice, F.col("event_ts"))).alias("chosen_ts"),
                F.sort_array(F.collect_list(F.struct("event_ts", "event_type", "source", "value"))).alias("events"),
                F.max(choice).alias("chosen"),
            )
        )
        return pairs.where("chosen").drop("chosen")

    return transform


def weigh_pairs(
    half_life_days: float = 0.0,
    min_rating: float = 0.0,
    event_weights: Mapping[str, float] | None = None,
    half_lives: Mapping[str, float] | None = None,
) -> Transform:
    """Pairs of `split.split_pairs` -> (user_id, item_id, weight in (0,1], event_count, first_ts, last_ts, position,
    split), key user and item.

    Only events of the pair's own split count: what happened later is left out. Such an event adds base weight of its
    type x share x 2^(-age / half_life_days), age from the newest event of a train pair (half_life_days 0, or an event
    without time: no decay; younger than that: none). share, from 0.05 to 1: a rating r counts r / r_max, a count n
    counts ln(1+n) / ln(1+n_max), the maximum over the person's train events of that kind and source; 1 without a value
    or a maximum. The sums are divided by the person's largest of train, at least 1e-6 and at most 1; without a train
    pair they are cut at 1. A pair is left out whose best rating by then is below `min_rating`, or that was only tagged
    by then. `event_weights` stand in the place of BASE_WEIGHTS, `half_lives` in the place of half_life_days, by type.
    Lazy, no shuffle beside that of the pairs, and one more pass over the events' times where they decay.
    """

    weights = {**BASE_WEIGHTS, **(event_weights or {})}
    train = F.col("split") == "train"

    def transform(pairs: DataFrame) -> DataFrame:
        spread = pairs.select("user_id", "item_id", "position", "split", *ENDS, F.explode("events").alias("event"))
        events = spread.select("*", "event.*").where(event_split() == F.col("split"))
        of_person = Window.partitionBy("user_id", "source", "measure")
        of_user = Window.partitionBy("user_id")
        decayed = _with_decay(events, half_life_days, half_lives or {})
        size = F.when(F.col("event_type").isin(*RATED), F.col("value")).when(
            F.col("event_type").isin(*COUNTED), F.log1p("value")
        )
        measure = F.when(F.col("event_type").isin(*RATED), "rating").otherwise(F.col("event_type"))
        largest = F.max(F.when(train, F.col("size"))).over(of_person)
        bounded = F.least(F.greatest(F.col("size") / largest, F.lit(MIN_SHARE)), F.lit(1.0))
        share = F.when((largest > 0) & F.col("size").isNotNull(), bounded).otherwise(1.0)
        shared = (
            decayed.withColumn("size", size)
            .withColumn("measure", measure)
            .withColumn("part", _base_weight(weights) * share * F.col("decay"))
        )
        summed = shared.groupBy("user_id", "item_id", "position", "split").agg(
            F.sum("part").alias("sum"),
            F.count(F.lit(1)).cast("int").alias("event_count"),
            F.min("event_ts").alias("first_ts"),
            F.max("event_ts").alias("last_ts"),
            F.max((F.col("event_type") != "tag").cast("int")).alias("beside_tags"),
            F.max(F.when(F.col("event_type").isin(*RATED), F.col("value"))).alias("best_rating"),
        )
        rows = summed.where((F.col("beside_tags") == 1) & (F.coalesce("best_rating", F.lit(min_rating)) >= min_rating))
        whole = F.coalesce(F.max(F.when(train, F.col("sum"))).over(of_user), F.lit(1.0))
        weight = F.least(F.greatest(F.col("sum") / whole, F.lit(MIN_WEIGHT)), F.lit(1.0)).alias("weight")
        return rows.select("user_id", "item_id", weight, "event_count", "first_ts", "last_ts", "position", "split")

    return transform


def _base_weight(weights: Mapping[str, float]) -> Column:
    return F.coalesce(*(F.when(F.col("event_type") == name, float(weight)) for name, weight in weights.items()))


def _with_decay(events: DataFrame, half_life_days: float, half_lives: Mapping[str, float]) -> DataFrame:
    if half_life_days <= 0 and not any(half_lives.values()):
        return events.withColumn("decay", F.lit(1.0))
    of_type = [F.when(F.col("event_type") == name, float(days)) for name, days in half_lives.items()]
    half_life = F.coalesce(*of_type, F.lit(float(half_life_days)))
    newest = events.where("split = 'train'").agg(F.max("event_ts").alias("newest_ts"))
    age_days = (F.col("newest_ts").cast("double") - F.col("event_ts").cast("double")) / SECONDS_PER_DAY
    age_days = F.greatest(age_days, F.lit(0.0))
    decay = F.when(half_life > 0, F.coalesce(F.pow(F.lit(2.0), -age_days / half_life), F.lit(1.0))).otherwise(1.0)
    return events.crossJoin(F.broadcast(newest)).withColumn("decay", decay).drop("newest_ts")


def drop_rare(min_user_events: int = 1, min_item_events: int = 1) -> Transform:
    """Split pairs -> pairs of items with at least `min_item_events` train pairs, then of people with `min_user_events`.

    Held-out pairs do not count, and go with their item or person. One pass each, in that order: an item may fall below
    its minimum again when people go. Lazy, one shuffle for each minimum above 1; the pairs are computed twice where
    items have one, because they are counted in every task: all pairs of an item that everybody has fill no window.
    """
    trained = F.count_if(F.col("split") == "train")

    def transform(pairs: DataFrame) -> DataFrame:
        if min_item_events > 1:
            counts = pairs.groupBy("item_id").agg(trained.alias("pairs_of_item"))
            pairs = pairs.join(counts.where(F.col("pairs_of_item") >= min_item_events), "item_id", "left_semi")
        if min_user_events > 1:
            count = trained.over(Window.partitionBy("user_id"))
            pairs = pairs.withColumn("pairs_of_user", count).where(F.col("pairs_of_user") >= min_user_events)
            pairs = pairs.drop("pairs_of_user")
        return pairs

    return transform
