"""Silver: cleaned, indexed and split; texts with their features; interests of items. Change data feed is on."""

from .table import Table, col, optional

TEXT_HASH = col("text_hash", "string", "sha-256 of the cleaned text, 64 hex digits")
SPLIT = "train, validation or test; 'all' for item texts, which no split hides"

INTERACTIONS = Table(
    "silver.interactions",
    "one user-item pair with its weight and its place in the split",
    (
        col("user_id", "string", "keyed hash of the person"),
        col("item_id", "string", "item"),
        col("user_index", "int", "row of the person, from 0, see silver.users"),
        col("item_index", "int", "row of the item, from 0, see silver.items"),
        col("weight", "double", "strength of the pair in [0,1], scaled within the user"),
        col("event_count", "int", "events behind the pair"),
        col("position", "int", "place in the user's history by first event, from 1"),
        optional("first_ts", "timestamp", "first event, UTC; null where the source keeps no time"),
        optional("last_ts", "timestamp", "last event, UTC; null where the source keeps no time"),
        col("split", "string", "train, validation or test"),
    ),
    key=("user_id", "item_id"),
    mode="recompute",
    checks=(
        ("weight_0_1", "weight >= 0 AND weight <= 1"),
        ("split_known", "split IN ('train','validation','test')"),
        ("position_from_1", "position >= 1"),
    ),
)

USERS = Table(
    "silver.users",
    "one person and the kept row number that factorisation uses",
    (
        col("user_id", "string", "keyed hash of the person"),
        col("user_index", "int", "row number from 0; kept once given"),
        col("item_count", "int", "items in the train split"),
        optional("first_ts", "timestamp", "first event, UTC"),
        optional("last_ts", "timestamp", "last event, UTC"),
    ),
    key=("user_id",),
    mode="recompute",
    checks=(("index_from_0", "user_index >= 0"),),
)

USER_NUMBERS = Table(
    "silver.user_numbers",
    "the row number that a person was given once; it outlives the person's row in silver.users",
    (
        col("user_id", "string", "keyed hash of the person"),
        col("user_index", "int", "row number from 0; kept once given"),
    ),
    key=("user_id",),
    mode="merge",
    checks=(("index_from_0", "user_index >= 0"),),
)

# an item once met stays, with user_count 0 where nobody chooses it: its number is a place in matrices without gaps
ITEMS = Table(
    "silver.items",
    "one item and the kept row number that factorisation uses",
    (
        col("item_id", "string", "item"),
        col("item_index", "int", "row number from 0; kept once given"),
        col("title", "string", "name; the item id where the source has none"),
        optional("description", "string", "cleaned free text; null where the source has none"),
        col("categories", "array<string>", "genres or categories, empty where the source has none"),
        col("user_count", "int", "users in the train split"),
    ),
    key=("item_id",),
    mode="merge",
    checks=(("index_from_0", "item_index >= 0"),),
)

DOCUMENTS = Table(
    "silver.documents",
    "one text about an item",
    (
        col("doc_id", "string", "sha-256 of kind, item, user and text hash"),
        TEXT_HASH,
        col("kind", "string", "item (title and description), review or tag"),
        col("item_id", "string", "item the text is about"),
        optional("user_id", "string", "writer; null for item texts"),
        col("text", "string", "cleaned and masked text, never empty"),
        optional("rating", "double", "the writer's rating on the source's scale; null without one"),
        optional("event_ts", "timestamp", "when it was written, UTC; null for item texts"),
        col("split", "string", SPLIT),
    ),
    key=("doc_id",),
    mode="recompute",
    checks=(("text_not_empty", "length(text) > 0"), ("kind_known", "kind IN ('item','review','tag')")),
)

FRIENDS = Table(
    "silver.friends",
    "social links among known people, both directions",
    (
        col("user_id", "string", "person"),
        col("friend_id", "string", "friend"),
    ),
    key=("user_id", "friend_id"),
    mode="recompute",
)

FACTS = Table(
    "silver.facts",
    "triples, deduplicated, with source, confidence and the time in which they hold",
    (
        col("subject", "string", "entity the fact is about"),
        col("predicate", "string", "relation"),
        col("object", "string", "entity or literal"),
        optional("subject_item_id", "string", "item the subject stands for; null where it stands for none"),
        optional("object_type", "string", "iri, blank, text, @language or a datatype's address; null: not known"),
        optional("source", "string", "who says it; null in lakes older than the column"),
        optional("confidence", "double", "belief in [0,1]; null in lakes older than the column"),
        optional("valid_from", "timestamp", "holds from then on, UTC; null: without a beginning"),
        optional("valid_to", "timestamp", "holds until before then, UTC; null: without an end"),
    ),
    key=("subject", "predicate", "object"),
    mode="recompute",
    checks=(("confidence_0_1", "confidence IS NULL OR (confidence >= 0 AND confidence <= 1)"),),
)

TABLES = (INTERACTIONS, USERS, USER_NUMBERS, ITEMS, DOCUMENTS, FRIENDS, FACTS)
