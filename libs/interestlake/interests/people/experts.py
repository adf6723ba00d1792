"""Experts of an interest, and what a group of people has in common."""

from collections.abc import Callable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def rank_experts(top_k: int) -> Callable[[DataFrame], DataFrame]:
    """gold.interest_profiles rows -> (interest, rank, user_id, expertise, events, confidence), `top_k` per interest.

    expertise = confidence * ln(1 + events): sure of it, and long in it. Ties by user_id. Lazy.
    """

    def transform(profiles: DataFrame) -> DataFrame:
        expertise = F.round(F.col("confidence") * F.log1p(F.col("events")), 9)
        rows = profiles.select("interest", "user_id", expertise.alias("expertise"), "events", "confidence")
        best = Window.partitionBy("interest").orderBy(F.desc("expertise"), "user_id")
        ranked = rows.withColumn("rank", F.row_number().over(best)).where(F.col("rank") <= top_k)
        return ranked.select("interest", "rank", "user_id", "expertise", "events", "confidence")

    return transform


def name_groups(profiles: DataFrame, named: int = 3) -> Callable[[DataFrame], DataFrame]:
    """members(user_id, group) -> with size and label: the interests whose mean share stands out most in the group.

    Standing out: mean share of the members minus mean share of all people with a group. Lazy.
    """

    def transform(members: DataFrame) -> DataFrame:
        shares = members.join(profiles.select("user_id", "label", "share"), "user_id")
        sizes = members.groupBy("group").agg(F.count("*").alias("size"))
        people = members.agg(F.count("*").alias("people"))
        whole = shares.groupBy("label").agg(F.sum("share").alias("all")).crossJoin(F.broadcast(people))
        inside = shares.groupBy("group", "label").agg(F.sum("share").alias("own")).join(sizes, "group")
        apart = F.round(F.col("own") / F.col("size") - F.col("all") / F.col("people"), 9).alias("apart")
        rows = inside.join(whole, "label").select("group", "label", apart)
        best = Window.partitionBy("group").orderBy(F.desc("apart"), "label")
        top = rows.withColumn("place", F.row_number().over(best)).where(F.col("place") <= named)
        ordered = F.sort_array(F.collect_list(F.struct("place", "label"))).getField("label")
        labels = top.groupBy("group").agg(F.concat_ws(", ", ordered).alias("label"))
        joined = members.join(sizes, "group").join(labels, "group", "left")
        return joined.select("user_id", "group", "size", F.coalesce("label", F.lit("")).alias("label"))

    return transform
