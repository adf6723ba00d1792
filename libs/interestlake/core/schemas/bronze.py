"""Bronze: what the source said, one row per record, user ids already pseudonymised."""

from .table import Table, col, optional

EVENTS = Table(
    "bronze.events",
    "one thing a person did to an item, as the source reports it",
    (
        col("event_id", "string", "sha-256 of source, user, item, type, time, tag, occurrence; equal records are one"),
        col("user_id", "string", "keyed hash of identity and user id, 32 hex digits"),
        col("item_id", "string", "the source's item id, behind its prefix in ops.sources"),
        col("event_type", "string", "rating, review, play, view, purchase, like or tag"),
        optional("value", "double", "rating (source's scale) or count; null where the event has none"),
        optional("text", "string", "review body or tag, masked of e-mail, phone and card patterns; null without text"),
        optional("event_ts", "timestamp", "when, UTC; null where the source keeps no time"),
        col("source", "string", "source, see ops.sources"),
        col("file", "string", "file name of the record"),
        col("line", "bigint", "line of the record in its file, from 1"),
    ),
    key=("event_id",),
    mode="merge",
    checks=(("line_from_1", "line >= 1"), ("has_user", "length(user_id) > 0"), ("has_item", "length(item_id) > 0")),
)

ITEMS = Table(
    "bronze.items",
    "one catalogue entry",
    (
        col("item_id", "string", "the source's item id, behind its prefix in ops.sources"),
        optional("title", "string", "name of the item; null where the source has none"),
        optional("description", "string", "free text of the item; null where the source has none"),
        col("categories", "array<string>", "genres or categories, empty where the source has none"),
        col("attributes", "map<string,string>", "further fields of the source, by name"),
        optional("image_url", "string", "address of a picture; null where the source has none"),
        col("source", "string", "source, see ops.sources"),
    ),
    key=("item_id",),
    mode="merge",
    checks=(("has_item", "length(item_id) > 0"),),
)

FRIENDS = Table(
    "bronze.friends",
    "one directed social link, as given",
    (
        col("user_id", "string", "keyed hash of the person"),
        col("friend_id", "string", "keyed hash of the friend"),
        col("source", "string", "source, see ops.sources"),
    ),
    key=("user_id", "friend_id"),
    mode="merge",
)

FACTS = Table(
    "bronze.facts",
    "one triple about an item or an entity",
    (
        col("subject", "string", "entity the fact is about"),
        col("predicate", "string", "relation"),
        col("object", "string", "entity or literal"),
        optional("subject_item_id", "string", "item the subject stands for; null where it stands for none"),
        col("source", "string", "source, see ops.sources"),
    ),
    key=("subject", "predicate", "object"),
    mode="merge",
)

QUARANTINE = Table(
    "bronze.quarantine",
    "one record that could not be used; its text is not kept, file and line find it",
    (
        col("source", "string", "source, see ops.sources"),
        col("file", "string", "file name of the record"),
        col("line", "bigint", "line of the record in its file, from 1"),
        col("reason", "string", "what was found and what was expected"),
        optional("day", "date", "of the record's time, UTC; null where it has none that can be read"),
    ),
    key=("source", "file", "line", "reason"),
    mode="merge",
)

SERVED = Table(
    "bronze.served",
    "one place of a list that the service showed, and the chance with which it showed it",
    (
        col("list_id", "string", "the answer that the row is part of"),
        col("position", "int", "place from 1"),
        col("user_id", "string", "keyed hash of the person"),
        col("item_id", "string", "item as the lake names it"),
        col("propensity", "double", "probability with which this item was shown at this place"),
        optional("score", "double", "of the list or the ranker; null where it gave none"),
        col("list_source", "string", "lake or ranker"),
        optional("made_by", "string", "run of the list, or version of the ranker"),
        col("served_at", "timestamp", "when, UTC"),
    ),
    key=("list_id", "position"),
    mode="merge",
    checks=(("position_from_1", "position >= 1"), ("drawn", "propensity > 0 AND propensity <= 1")),
)

TABLES = (EVENTS, ITEMS, FRIENDS, FACTS, QUARANTINE, SERVED)
