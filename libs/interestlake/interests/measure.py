"""What the interests at the head of a person's map are worth: lift among held-out items, distinctness, bare words."""

from collections.abc import Callable
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .reading_order import is_bare_word


def lifts(held_out: DataFrame, carried: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """first interests(user_id, interest_id, ...) -> with found, expected and lift, of people with held-out ones.

    held_out(user_id, item_id): n_u rows of a person, n of all, c_uk and c_k of them on items that carry interest k by
    carried(item_id, interest_id). found = c_uk; expected = n_u c_k / n, what the person would show with everybody's
    taste; lift = found / expected (the lift of the rule "person -> interest", Brin et al., 1997), 0 where nobody's
    held-out items carry the interest. Lazy.
    """

    def transform(first: DataFrame) -> DataFrame:
        own = held_out.groupBy("user_id").agg(F.count(F.lit(1)).alias("own_pairs"))
        whole = held_out.agg(F.count(F.lit(1)).alias("pairs"))
        met = held_out.join(carried.select("item_id", "interest_id"), "item_id")
        of_all = met.groupBy("interest_id").agg(F.count(F.lit(1)).alias("carried_pairs"))
        of_one = met.groupBy("user_id", "interest_id").agg(F.count(F.lit(1)).cast("double").alias("found"))
        joined = first.join(own, "user_id").crossJoin(F.broadcast(whole))
        joined = joined.join(of_all, "interest_id", "left").join(of_one, ["user_id", "interest_id"], "left")
        counted = joined.fillna(0.0, ["found"]).fillna(0, ["carried_pairs"])
        expected = F.col("own_pairs") * F.col("carried_pairs") / F.col("pairs")
        counted = counted.withColumn("expected", expected).drop("own_pairs", "carried_pairs", "pairs")
        return counted.withColumn(
            "lift", F.when(F.col("expected") > 0, F.col("found") / F.col("expected")).otherwise(0.0)
        )

    return transform


def judge_interests(held_out: DataFrame, carried: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """first interests(user_id, interest_id, kind, name) -> rows(metric, value, cases: people behind it).

    lift: mean over people of the mean `lifts` of their interests; lift_pooled: sum of found / sum of expected, which no
    rare interest moves alone; widest: the largest share of people who have one and the same interest, categories apart,
    among theirs; bare_words, topics: shares of the places that are such; places: mean number of places filled. Lazy.
    """

    def transform(first: DataFrame) -> DataFrame:
        judged = first.transform(lifts(held_out, carried))
        own = judged.groupBy("user_id").agg(F.avg("lift").alias("lift"))
        by_person = own.agg(F.avg("lift").alias("value"), F.count(F.lit(1)).alias("cases"))
        pooled = judged.agg(
            (F.sum("found") / F.sum("expected")).alias("value"), F.countDistinct("user_id").alias("cases")
        )
        whole = first.agg(F.countDistinct("user_id").alias("cases"), F.count(F.lit(1)).alias("rows"))
        held = first.where("kind <> 'category'").groupBy("interest_id").agg(F.countDistinct("user_id").alias("holders"))
        widest = whole.crossJoin(held.agg(F.coalesce(F.max("holders"), F.lit(0)).alias("holders")))
        shares = {"bare_words": is_bare_word(F.col("kind"), F.col("name")), "topics": F.col("kind") == "topic"}
        counted = first.agg(
            F.countDistinct("user_id").alias("cases"),
            *(F.avg(is_one.cast("double")).alias(name) for name, is_one in shares.items()),
        )
        parts = [
            _named("lift", by_person),
            _named("lift_pooled", pooled),
            _named("widest", widest.select((F.col("holders") / F.col("cases")).alias("value"), "cases")),
            _named("places", whole.select((F.col("rows") / F.col("cases")).alias("value"), "cases")),
            *(_named(name, counted.select(F.col(name).alias("value"), "cases")) for name in shares),
        ]
        return reduce(DataFrame.unionByName, parts).where("value IS NOT NULL")

    return transform


def _named(metric: str, row: DataFrame) -> DataFrame:
    return row.select(F.lit(metric).alias("metric"), F.round("value", 9).alias("value"), "cases")
