"""What the run is, how much of everything it holds, what was set aside, and how complete the data are."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.only_row import only_row
from .content import Check
from .wording import percent, whole

TOP_REASONS = 6


def quarantine_reasons(quarantine: DataFrame) -> tuple[int, tuple[tuple[str, int], ...], int]:
    """bronze.quarantine -> (rows, the most frequent reasons with their rows, number of further reasons).

    What stands in quotes and every number is replaced by "…", so that one kind of fault is one reason. One Spark job,
    collected up to TOP_REASONS.
    """
    form = F.regexp_replace(F.col("reason"), r"'[^']*'|\"[^\"]*\"", "…")
    form = F.regexp_replace(form, r"(?<![\w.])-?\d[\d.,:eE+-]*", "…")
    grouped = quarantine.groupBy(form.alias("reason")).agg(F.count("*").alias("rows"))
    everything = Window.partitionBy()
    counted = grouped.withColumn("total", F.sum("rows").over(everything))
    counted = counted.withColumn("reasons", F.count("*").over(everything))
    top = counted.orderBy(F.desc("rows"), "reason").limit(TOP_REASONS).collect()
    if not top:
        return 0, (), 0
    return top[0]["total"], tuple((r["reason"], r["rows"]) for r in top), top[0]["reasons"] - len(top)


def item_checks(items: DataFrame) -> list[Check]:
    """silver.items -> how many carry a title, a description, a category and a train user, and how many of those chosen
    the catalogue names. One Spark job, one row."""
    carries = {
        "Items with a title": F.col("title") != F.col("item_id"),
        "Items with a description": F.length(F.coalesce("description", F.lit(""))) > 0,
        "Items with a category": F.size("categories") > 0,
        "Items someone chose in training": F.col("user_count") > 0,
    }
    chosen, named = F.col("user_count") > 0, "Chosen items that the catalogue names"
    sums = [F.count_if(condition).alias(label) for label, condition in carries.items()]
    of_chosen = F.count_if(chosen & carries["Items with a title"]).alias(named)
    row = only_row(items.agg(F.count("*").alias("all"), *sums, F.count_if(chosen).alias("chosen"), of_chosen))
    checks = [_check(label, row[label], row["all"], "items") for label in carries]
    return [*checks, _check(named, row[named], row["chosen"], "items")]


def people_checks(users: DataFrame, cold_history: int) -> list[Check]:
    """silver.users -> how many have more than one item, and at least `cold_history`, in the train split. One Spark job,
    one row."""
    least = {f"People with {count} or more items": count for count in sorted({2, cold_history})}
    sums = [F.count_if(F.col("item_count") >= count).alias(label) for label, count in least.items()]
    row = only_row(users.agg(F.count("*").alias("all"), *sums))
    return [_check(label, row[label], row["all"], "people") for label in least]


def split_checks(interactions: DataFrame) -> list[Check]:
    """silver.interactions -> the shares of train, validation and test pairs. One Spark job, three rows."""
    counts = {row["split"]: row["count"] for row in interactions.groupBy("split").count().collect()}
    total = sum(counts.values())
    names = {"train": "Pairs to train on", "validation": "Pairs that fit the weights", "test": "Pairs held out"}
    return [_check(label, counts.get(split, 0), total, "pairs") for split, label in names.items()]


def quarantine_check(quarantined: int, accepted: int) -> Check:
    """Records set aside against records kept (events and items)."""
    return _check("Records set aside", quarantined, quarantined + accepted, "records")


def _check(label: str, part: int, total: int, unit: str) -> Check:
    share = part / total if total else 0.0
    return Check(label, share, f"{percent(share, 1 if share < 0.1 else 0)}, {whole(part)} of {whole(total)} {unit}")
