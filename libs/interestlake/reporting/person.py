"""One person: who is shown, what they hold dear with the evidence, and what is put before them with the reason."""

from collections.abc import Iterable

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..interests.reading_order import reading_key
from .content import Interest, Missing, Suggestion, largest_first
from .wording import KINDS

PER_KIND = 6
EVIDENCE = 3
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
    median = lengths.agg(F.expr("percentile(item_count, 0.5)")).first()[0]
    if median is None:
        first = listed.orderBy("user_id").first()
        return None if first is None else (first["user_id"], "nobody has a history, so the first by id")
    row = lengths.orderBy(F.abs(F.col("item_count") - F.lit(median)), "user_id").first()
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


def collect_interests(interest_map: DataFrame, interests: DataFrame | None, user_id: str) -> list[dict]:
    """gold.interest_map -> the person's rows with kind and name, in reading order; at most a list per person is kept.

    One Spark job; the number of rows is bounded by interests.max_per_user per person.
    """
    mine = interest_map.where(F.col("user_id") == user_id)
    if interests is not None:
        mine = mine.join(interests.select("interest_id", "kind", "name"), "interest_id", "left")
    days = (
        mine.withColumn("first_day", F.date_format("first_seen", DAY))
        .withColumn("last_day", F.date_format("last_seen", DAY))
        .withColumn("first_s", F.unix_timestamp("first_seen"))
        .withColumn("last_s", F.unix_timestamp("last_seen"))
        .drop("first_seen", "last_seen", "user_id")
    )
    rows = [row.asDict() for row in days.collect()]
    for row in rows:
        kind, _, name = row["interest_id"].partition(":")
        row["kind"], row["name"] = row.get("kind") or kind, row.get("name") or name or row["interest_id"]
    return sorted(rows, key=reading_key)


def collect_suggestions(recommendations: DataFrame, user_id: str, limit: int) -> list[dict]:
    """gold.recommendations -> the person's first `limit` rows in order. One Spark job."""
    mine = recommendations.where((F.col("user_id") == user_id) & (F.col("rank") <= limit))
    return [row.asDict(recursive=True) for row in mine.orderBy("rank").collect()]


def collect_titles(items: DataFrame, item_ids: set[str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """silver.items -> {item_id: (title, categories)} of the items asked for. One Spark job."""
    rows = items.where(F.col("item_id").isin(sorted(item_ids))).select("item_id", "title", "categories").collect()
    return {row["item_id"]: (row["title"], tuple(row["categories"])) for row in rows}


def interest_groups(rows: list[dict], titles: dict, groups: dict[str, int]):
    """Rows of collect_interests -> ((kind, its PER_KIND strongest interests), ...) by KINDS, or a Missing."""
    if not rows:
        return Missing("No interest map for this person: the items of the history carry no interests.")
    times = [row[edge] for row in rows for edge in ("first_s", "last_s") if row[edge] is not None]
    begin, span = min(times, default=0), max(max(times, default=0) - min(times, default=0), 1)
    kinds = sorted({row["kind"] for row in rows}, key=lambda k: (list(KINDS).index(k) if k in KINDS else 99, k))
    strongest = {kind: [row for row in rows if row["kind"] == kind][:PER_KIND] for kind in kinds}
    return tuple(
        (kind, tuple(_interest(row, titles, groups, begin, span) for row in strongest[kind])) for kind in kinds
    )


def _interest(row: dict, titles: dict, groups: dict[str, int], begin: int, span: int) -> Interest:
    dated = row["first_s"] is not None and row["last_s"] is not None
    return Interest(
        name=row["name"],
        interest_id=row["interest_id"],
        strength=row["strength"],
        items=row["item_count"],
        evidence=tuple(titles.get(i, (i, ()))[0] for i in row["evidence"][:EVIDENCE]),
        first_day=row["first_day"],
        last_day=row["last_day"],
        start=(row["first_s"] - begin) / span if dated else None,
        length=(row["last_s"] - row["first_s"]) / span if dated else None,
        group=groups.get(row["interest_id"]),
    )


def suggestions(rows: list[dict], titles: dict):
    """Rows of collect_suggestions -> what is shown, or a Missing."""
    if not rows:
        return Missing("No recommendations for this person.")
    return tuple(
        Suggestion(
            rank=row["rank"],
            title=titles.get(row["item_id"], (row["item_id"], ()))[0],
            categories=titles.get(row["item_id"], ("", ()))[1][:4],
            score=row["score"],
            sources=largest_first((s["source"], s["share"]) for s in row["sources"]),
            reason=row["reason"],
            evidence=_unsaid((titles.get(i, (i, ()))[0] for i in row["evidence"][:EVIDENCE]), row["reason"]),
            item_id=row["item_id"],
        )
        for row in rows
    )


def _unsaid(evidence: Iterable[str], reason: str) -> tuple[str, ...]:
    """The titles that the reason does not name already."""
    return tuple(title for title in evidence if title not in reason)
