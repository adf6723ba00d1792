"""Who is shown on a run's page, and what is said of their history."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.only_row import only_row

RECENT = 6
DAY = "yyyy-MM-dd"


def choose_person(people: DataFrame, users: DataFrame, user_id: str) -> tuple[str, str] | None:
    """-> (user_id, why), or None where `people` is empty. people(user_id): who may be shown; users: silver.users.

    `user_id` is a user_id; empty takes the person whose history is nearest the median length, ties by user_id. Runs one
    to three Spark jobs; collects one row at most. Raises BadInput where `user_id` is none of `people`.
    """
    listed = people.select("user_id").distinct()
    if user_id:
        if not listed.where(F.col("user_id") == user_id).head(1):
            raise BadInput.of(
                f"report.person={user_id!r}",
                found="nobody of that id with a list or an interest map",
                expected="a person of gold.recommendations or gold.interest_map",
                where="conf/params/report.yml or --set report.person=...",
            )
        return user_id, "asked for in the parameters"
    lengths = listed.join(users.select("user_id", "item_count"), "user_id").where("item_count > 0")
    median = only_row(lengths.agg(F.expr("percentile(item_count, 0.5)")))[0]
    if median is None:
        first = listed.orderBy("user_id").first()
        return None if first is None else (first["user_id"], "nobody has a history, so the first by id")
    row = only_row(lengths.orderBy(F.abs(F.col("item_count") - F.lit(median)), "user_id"))
    return row["user_id"], "a history of typical length"


def history(interactions: DataFrame, user_id: str) -> tuple[int, str | None, str | None, list[str]]:
    """silver.interactions -> (train items, first day, last day, the newest items). One Spark job, RECENT rows."""
    mine = interactions.where((F.col("user_id") == user_id) & (F.col("split") == "train"))
    whole = Window.partitionBy()
    dated = mine.select(
        "item_id",
        "position",
        F.count("*").over(whole).alias("items"),
        F.date_format(F.min("first_ts").over(whole), DAY).alias("first"),
        F.date_format(F.max("last_ts").over(whole), DAY).alias("last"),
    )
    newest = dated.orderBy(F.desc("position"), "item_id").limit(RECENT).collect()
    if not newest:
        return 0, None, None, []
    return newest[0]["items"], newest[0]["first"], newest[0]["last"], [row["item_id"] for row in newest]
