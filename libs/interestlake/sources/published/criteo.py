"""Source "criteo": clicks and sales of Criteo's attribution data set, or of its sponsored search log."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..contract import fullest, keep_best
from ..dialect import Dialect
from ..rules import EventFields, attribute_map, category_list, in_calendar, judge_events, number, time
from .layout import TAB, Edition, Fields, Part

ATTRIBUTION = ("timestamp", "uid", "campaign", "conversion", "conversion_timestamp", "click")
PRODUCT_CATEGORIES = tuple(f"product_category{level}" for level in range(1, 8))
SEARCH = (
    "Sale", "SalesAmountInEuro", "time_delay_for_conversion", "click_timestamp", "nb_clicks_1week", "product_price",
    "product_age_group", "device_type", "audience_id", "product_gender", "product_brand", *PRODUCT_CATEGORIES,
    "product_country", "product_id", "product_title", "partner_id", "user_id",
)  # fmt: skip
UNKNOWN = "-1"
RELATIVE = "note: Criteo's times count seconds from the first impression of the log: they lie in January 1970"


def _impressions(given: Fields):
    """A line is a banner that was shown: an event only where it was clicked, or where a sale followed."""
    sold_at = F.when(number(given["conversion"]) == 1, given["conversion_timestamp"])
    return _lines(given["uid"], given["campaign"], given["timestamp"], number(given["click"]) == 1, sold_at)


def _clicks(given: Fields):
    """A line is a click on a product; a sale, where one followed, came some seconds later."""
    at = given["click_timestamp"]
    later = number(at) + F.greatest(number(given["time_delay_for_conversion"]), F.lit(0.0))
    sold_at = F.when(number(given["Sale"]) == 1, later.cast("string"))
    categories = category_list(F.array(*(_known(given[name]) for name in PRODUCT_CATEGORIES)))
    brand = attribute_map({"brand": _known(given["product_brand"])})
    user, product = _known(given["user_id"]), _known(given["product_id"])
    return _lines(user, product, at, F.lit(True), sold_at, categories=categories, attributes=brand)


def _lines(user: Column, item: Column, at: Column, clicked: Column, sold_at: Column, **more: Column):
    """Judged lines with clicked and sold_ts, null without a sale; one whose sale has no usable time is at fault."""
    sold_ts = time(sold_at, "seconds")
    untimed = sold_at.isNotNull() & ~F.coalesce(in_calendar(sold_ts), F.lit(False))
    rules = ((untimed, "sale without a time: expected unix seconds, 1970 to 2099"),)
    return judge_events(
        EventFields(user, item, F.lit("view"), timestamp=at), rules, clicked=clicked, sold_ts=sold_ts, **more
    )


def _known(text: Column) -> Column:
    return F.when(F.trim(text) != UNKNOWN, text)


def _events(lines: DataFrame) -> DataFrame:
    click = F.when(F.col("clicked"), F.struct(F.lit("view").alias("event_type"), F.col("event_ts").alias("event_ts")))
    sale = F.struct(F.lit("purchase").alias("event_type"), F.col("sold_ts").alias("event_ts"))
    told = F.explode(F.array_compact(F.array(click, F.when(F.col("sold_ts").isNotNull(), sale))))
    return lines.select("file", "line", "user_id", "item_id", told.alias("told")).select("*", "told.*")


def _of_impressions(parts: dict[str, DataFrame]) -> dict[str, DataFrame]:
    return {"events": _events(parts["impressions"])}


def _of_clicks(parts: dict[str, DataFrame]) -> dict[str, DataFrame]:
    products = parts["clicks"].select("file", "line", "item_id", "categories", "attributes")
    return {"events": _events(parts["clicks"]), "items": products.transform(keep_best(("item_id",), fullest))}


LAYOUT = (
    Edition(
        {"impressions": Part(("criteo_attribution_dataset.tsv",), ATTRIBUTION, _impressions, dialect=TAB, needed=True)},
        _of_impressions,
        notes=(RELATIVE,),
    ),
    Edition(
        {
            "clicks": Part(
                ("CriteoSearchData",),
                SEARCH,
                _clicks,
                dialect=Dialect(delimiter="\t", quote="", names=SEARCH),
                needed=True,
            )
        },
        _of_clicks,
    ),
)
