"""What a usable record is: string fields -> typed columns, and the first rule that a record breaks."""

from collections.abc import Callable
from dataclasses import dataclass

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ..core.params.all import EVENT_TYPES
from .lines import PLACE

# how a source writes times -> what is expected of one
TIMES = {
    "seconds": "unix seconds",
    "millis": "unix milliseconds",
    "iso": "an ISO 8601 time",
    "us": "a time like 11/15/2019 9:05:58 AM",
}
TIME_UNITS = tuple(TIMES)
ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&(#0*39|apos);": "'", "&amp;": "&"}  # the last one last
US_TIME = r"^\s*(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2}:\d{2}) ([AaPp])[Mm]\s*$"
FIRST_TIME, LAST_TIME = "1970-01-01", "2100-01-01"
UNKNOWN_TYPE = f"unknown event type: expected {', '.join(EVENT_TYPES)}"
NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
Transform = Callable[[DataFrame], DataFrame]
Rule = tuple[Column, str]  # a condition that makes a record unusable, and "what was found: expected what"


@dataclass(frozen=True)
class EventFields:
    """String columns of one event; None where the source has no such field."""

    user_id: Column
    item_id: Column
    event_type: Column
    value: Column | None = None
    text: Column | None = None
    timestamp: Column | None = None
    time_unit: str = "seconds"


def judge(columns: dict[str, Column], rules: list[Rule]) -> Transform:
    """Fielded lines -> (path, block, position, skip, is_header, reason, *columns); `reason` is the first rule broken.

    Lazy.
    """
    broken = [F.when(condition, F.lit(reason)) for condition, reason in rules]

    def transform(fielded: DataFrame) -> DataFrame:
        reason = F.when(~F.col("skip"), F.coalesce("fault", *broken) if broken else F.col("fault"))
        named = [column.alias(name) for name, column in columns.items()]
        return fielded.select(*PLACE, "skip", "is_header", reason.alias("reason"), *named)

    return transform


def judge_events(fields: EventFields, further: tuple[Rule, ...] = (), **more: Column) -> Transform:
    """Fielded lines -> judged events (user_id as in the source, item_id, event_type, value, text, event_ts), and `more`
    columns beside. `further` rules come after those of every event.
    """
    user_id, item_id = filled(fields.user_id), filled(fields.item_id)
    event_type = F.lower(F.trim(fields.event_type))
    value = number(fields.value) if fields.value is not None else F.lit(None).cast("double")
    text = filled(fields.text) if fields.text is not None else F.lit(None).cast("string")
    event_ts = F.lit(None).cast("timestamp")
    if fields.timestamp is not None:
        event_ts = time(fields.timestamp, fields.time_unit)
    rules = [
        (user_id.isNull(), "missing user id: expected text"),
        (item_id.isNull(), "missing item id: expected text"),
        (~F.coalesce(event_type.isin(*EVENT_TYPES), F.lit(False)), UNKNOWN_TYPE),
    ]
    if fields.value is not None:
        given = filled(fields.value).isNotNull()
        rules += [
            (given & value.isNull(), "value not a number: expected a number >= 0"),
            (value < 0, "negative value: expected a number >= 0"),
            ((event_type == "rating") & ~given, "missing rating: expected a number >= 0"),
        ]
    if fields.timestamp is not None:
        unit = TIMES[fields.time_unit]
        rules += [
            (filled(fields.timestamp).isNull(), f"missing timestamp: expected {unit}"),
            (event_ts.isNull(), f"timestamp not readable: expected {unit}"),
            (~in_calendar(event_ts), f"timestamp out of range: expected 1970 to 2099 in {unit}"),
        ]
    rules += [((event_type == "tag") & text.isNull(), "missing tag: expected text"), *further]
    columns = {
        "user_id": user_id,
        "item_id": item_id,
        "event_type": event_type,
        "value": value,
        "text": text,
        "event_ts": event_ts,
        **more,
    }
    return judge(columns, rules)


def judge_items(
    item_id: Column,
    title: Column | None = None,
    description: Column | None = None,
    categories: Column | None = None,
    attributes: dict[str, Column] | None = None,
    image_url: Column | None = None,
    **more: Column,
) -> Transform:
    """Fielded lines -> judged items in the columns of bronze.items but source, and `more` columns beside.

    Attributes without a value are left out.
    """
    nothing = F.lit(None).cast("string")
    columns = {
        "item_id": filled(item_id),
        "title": filled(title) if title is not None else nothing,
        "description": filled(description) if description is not None else nothing,
        "categories": category_list(categories) if categories is not None else F.array().cast("array<string>"),
        "attributes": attribute_map(attributes or {}),
        "image_url": filled(image_url) if image_url is not None else nothing,
        **more,
    }
    return judge(columns, [(columns["item_id"].isNull(), "missing item id: expected text")])


def filled(text: Column) -> Column:
    """Trimmed text; null where nothing is left."""
    trimmed = F.trim(text)
    return F.when(trimmed != "", trimmed)


def number(text: Column) -> Column:
    """Text -> double; null where it is not a finite number."""
    value = text.cast("double")
    return F.when(text.rlike(NUMBER) & (F.abs(value) < float("inf")), value)


def time(text: Column, unit: str) -> Column:
    """Text -> timestamp (UTC session) by one of TIME_UNITS; null where it is not readable."""
    if unit == "iso":
        return F.when(F.trim(text).rlike(r"^\d{4}-\d{1,2}(-|$)"), F.try_to_timestamp(F.trim(text)))
    if unit == "us":
        month, day, year, hour, minutes, half = (F.regexp_extract(text, US_TIME, part) for part in range(1, 7))
        hour = hour.cast("int") % 12 + F.when(F.lower(half) == "p", 12).otherwise(0)  # no number, no time
        return F.try_to_timestamp(F.format_string("%s-%s-%s %d:%s", year, month, day, hour, minutes))
    seconds = number(text) / (1000 if unit == "millis" else 1)
    # beyond +-10^11 s a timestamp overflows; the range rule reports the value at the bound
    bounded = F.greatest(F.lit(-1e11), F.least(F.lit(1e11), seconds))
    return F.when(seconds.isNotNull(), F.timestamp_seconds(bounded))


def in_calendar(moment: Column) -> Column:
    """Whether a moment lies in the years that an event may have. Null for null."""
    return (moment >= F.lit(FIRST_TIME).cast("timestamp")) & (moment < F.lit(LAST_TIME).cast("timestamp"))


def listed(text: Column, separator: str) -> Column:
    """The texts of a JSON list, or of a text between separators. Null for null."""
    parts = F.split(text, f"\\Q{separator}\\E")
    return F.when(F.ltrim(text).startswith("["), F.from_json(text, "array<string>")).otherwise(parts)


def unescaped(text: Column) -> Column:
    """The five entities of XML as the signs that they stand for."""
    for entity, sign in ENTITIES.items():
        text = F.regexp_replace(text, entity, sign)
    return text


def category_list(categories: Column) -> Column:
    """Trimmed, distinct, without empties and entities; an empty list for null."""
    trimmed = F.transform(categories, lambda name: F.trim(unescaped(name)))
    kept = F.array_distinct(F.filter(trimmed, lambda name: name.isNotNull() & (name != "")))
    return F.coalesce(kept, F.array().cast("array<string>"))


def attribute_map(attributes: dict[str, Column]) -> Column:
    """{name: text column} -> map<string,string> of those that are not empty, without entities."""
    if not attributes:
        return F.create_map().cast("map<string,string>")
    pairs = [part for name, column in attributes.items() for part in (F.lit(name), filled(unescaped(column)))]
    return F.map_filter(F.create_map(*pairs), lambda _, value: value.isNotNull())
