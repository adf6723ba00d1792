"""Source "mind": clicks and news of the Microsoft News Dataset, the folders of train, dev and test together."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ..dialect import Dialect
from ..rules import EventFields, judge_events, judge_items
from .layout import Edition, Fields, Part

BEHAVIORS = ("impression_id", "user_id", "time", "history", "impressions")
NEWS = ("news_id", "category", "subcategory", "title", "abstract", "url", "title_entities", "abstract_entities")
CLICKED = r"-1$"


def _behaviors(given: Fields):
    """A line shows several news; those with -1 were clicked, and a test line says of none whether it was."""
    shown = EventFields(given["user_id"], given["impressions"], F.lit("view"), timestamp=given["time"], time_unit="us")
    clicked = F.filter(_ids(given["impressions"]), lambda one: one.rlike(CLICKED))
    clicked = F.transform(clicked, lambda one: F.regexp_replace(one, CLICKED, ""))
    return judge_events(shown, clicked=clicked, history=_ids(given["history"]))


def _ids(text: Column) -> Column:
    return F.filter(F.split(F.coalesce(text, F.lit("")), r"\s+"), lambda one: one != "")


def _news(given: Fields):
    entities = F.flatten(F.array(*(_entities(given[name]) for name in ("title_entities", "abstract_entities"))))
    return judge_items(
        given["news_id"],
        title=given["title"],
        description=given["abstract"],
        categories=F.array(given["category"], given["subcategory"]),
        attributes={"page": given["url"]},
        mentioned=F.array_distinct(entities),
    )


def _entities(text: Column) -> Column:
    labels = F.from_json(text, "array<struct<Label: string>>")["Label"]
    return F.coalesce(F.filter(labels, lambda label: F.trim(label) != ""), F.array().cast("array<string>"))


def _tables(parts: dict[str, DataFrame]) -> dict[str, DataFrame]:
    tables = {"events": _views(parts["behaviors"])}
    if "news" in parts:
        news = F.col("item_id")
        about = news.alias("subject"), news.alias("subject_item_id"), F.lit("mentions").alias("predicate")
        tables["facts"] = parts["news"].select("file", "line", *about, F.explode("mentioned").alias("object"))
    return tables


def _views(behaviors: DataFrame) -> DataFrame:
    """Clicks with their time, and what a history tells, without one.

    A history stands on each of its person's lines: it counts once, and not beside clicks on the same news.
    """
    when = F.col("event_ts")
    clicked = F.transform("clicked", lambda one: F.struct(one.alias("item_id"), when.alias("event_ts")))
    before = F.lit(None).cast("timestamp").alias("event_ts")
    earlier = F.transform("history", lambda one: F.struct(one.alias("item_id"), before))
    line = ("file", "line", "user_id", "event_type")
    views = behaviors.select(*line, F.explode(F.concat(clicked, earlier)).alias("told")).select(*line, "told.*")
    of_pair = Window.partitionBy("user_id", "item_id").orderBy(when.desc_nulls_last(), "file", "line")
    return views.withColumn("place", F.row_number().over(of_pair)).where("event_ts IS NOT NULL OR place = 1")


def _written(names: tuple[str, ...]) -> Dialect:
    return Dialect(delimiter="\t", quote="", names=names)


PARTS = {
    "behaviors": Part(("behaviors.tsv",), BEHAVIORS, _behaviors, dialect=_written(BEHAVIORS), needed=True),
    "news": Part(
        ("news.tsv",), NEWS, _news, "items", dialect=_written(NEWS), without="news have no title and no category"
    ),
}
LAYOUT = (Edition(PARTS, _tables),)
