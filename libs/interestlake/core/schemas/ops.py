"""Ops: which run did what; and the truth tables of a generated world."""

from .table import Table, col, optional

RUNS = Table(
    "ops.runs",
    "one run and the fingerprint of everything that shapes its rows",
    (
        col("run_id", "string", "run"),
        col("source", "string", "loader's name"),
        col("seed", "int", "seed of every random step"),
        col("fingerprint", "string", "marks of source and seed, mapping, what the input files hold, parameters"),
    ),
    key=("run_id",),
    mode="append",
)

STAGES = Table(
    "ops.stages",
    "one finished stage of one run",
    (
        col("run_id", "string", "run"),
        col("stage", "string", "stage"),
        col("seconds", "double", "wall time"),
        col("rows", "map<string,bigint>", "rows written per table"),
        col("versions", "map<string,bigint>", "Delta version per table, read or written"),
        col("metrics", "map<string,double>", "figures the stage reported"),
        optional(
            "rests_on", "map<string,string>", "marks of all that its rows follow from; null where they follow from more"
        ),
    ),
    key=("run_id", "stage"),
    mode="append",
)

SOURCES = Table(
    "ops.sources",
    "one source that was loaded, and whose people and items its ids name",
    (
        col("source", "string", "the loader's name, or the mapping's"),
        col("people", "string", "identity: equal user ids of one identity are one person"),
        col("items", "string", "catalogue: equal item ids of one catalogue are one item"),
        col("item_prefix", "string", "stands before the source's item ids; empty for the catalogue loaded first"),
        col("key_mark", "string", "tells one pseudonym key from another: HMAC-SHA256 of a constant, 64 hex digits"),
    ),
    key=("source",),
    mode="merge",
)

FILES = Table(
    "ops.files",
    "one file that was loaded, as it was read last",
    (
        col("source", "string", "source, see ops.sources"),
        col("file", "string", "file name, as in bronze"),
        col("mark", "string", "tells contents apart: sha-256, of a large file its size and time of change"),
        col("run_id", "string", "run that read it last"),
    ),
    key=("source", "file"),
    mode="merge",
)

TRUTH_USER_INTERESTS = Table(
    "truth.user_interests",
    "planted taste of a generated person",
    (
        col("user_id", "string", "keyed hash of the person"),
        col("interest", "string", "planted interest"),
        col("weight", "double", "share of the person's events, sums to 1"),
        col("community", "int", "planted community of the person"),
    ),
    key=("user_id", "interest"),
    mode="replace",
)

TRUTH_ITEMS = Table(
    "truth.items",
    "planted interest and community of a generated item",
    (
        col("item_id", "string", "item"),
        col("interest", "string", "planted interest"),
        col("community", "int", "planted community"),
    ),
    key=("item_id",),
    mode="replace",
)

TRUTH_TRENDS = Table(
    "truth.trends",
    "planted change of an interest over time",
    (
        col("interest", "string", "planted interest"),
        col("community", "int", "planted community"),
        col("slope", "double", "relative change of its share over the whole period"),
        col("direction", "string", "rising, steady or fading"),
    ),
    key=("interest",),
    mode="replace",
)

TRUTH_SENTIMENT = Table(
    "truth.sentiment",
    "planted polarity of a generated review",
    (
        col("user_id", "string", "keyed hash of the writer"),
        col("item_id", "string", "item"),
        col("polarity", "int", "1 positive, -1 negative, 0 neutral"),
    ),
    key=("user_id", "item_id"),
    mode="replace",
)

TRUTH_DIRT = Table(
    "truth.dirt",
    "how many faulty records of each kind were planted",
    (
        col("kind", "string", "duplicate, or the kind of fault that quarantine must report"),
        col("count", "bigint", "records"),
    ),
    key=("kind",),
    mode="replace",
)

TABLES = (RUNS, STAGES, SOURCES, FILES, TRUTH_USER_INTERESTS, TRUTH_ITEMS, TRUTH_TRENDS, TRUTH_SENTIMENT, TRUTH_DIRT)
