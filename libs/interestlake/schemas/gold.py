"""Gold: what people and programs read."""

from .table import Table, col, optional

RUN_ID = col("run_id", "string", "run that made the row")

RECOMMENDATIONS = Table(
    "gold.recommendations",
    "the list of one person, with the reason for each row",
    (
        col("user_id", "string", "person"),
        col("rank", "int", "place from 1"),
        col("item_id", "string", "item the person has not seen"),
        col("score", "double", "fused score"),
        col("sources", "array<struct<source:string,share:double>>", "what each source adds, shares sum to 1"),
        col("evidence", "array<string>", "items of the person's history that speak for it, strongest first"),
        col("reason", "string", "one sentence made from sources and evidence"),
        RUN_ID,
    ),
    key=("user_id", "rank"),
    mode="replace",
    checks=(("rank_from_1", "rank >= 1"), ("has_reason", "length(reason) > 0")),
)

INTEREST_MAP = Table(
    "gold.interest_map",
    "a person's interests with strength and evidence",
    (
        col("user_id", "string", "person"),
        col("interest_id", "string", "interest"),
        col("strength", "double", "in (0,1], 1 for the person's strongest of its kind"),
        col("share", "double", "share of the person's attention; sums to 1 per person"),
        col("item_count", "int", "items of the person that carry it"),
        col("evidence", "array<string>", "strongest items behind it"),
        optional("first_seen", "timestamp", "UTC; null where the source keeps no time"),
        optional("last_seen", "timestamp", "UTC; null where the source keeps no time"),
    ),
    key=("user_id", "interest_id"),
    mode="replace",
    checks=(("strength_0_1", "strength > 0 AND strength <= 1"), ("share_0_1", "share >= 0 AND share <= 1")),
)

METRICS = Table(
    "gold.metrics",
    "one figure of one model on held-out events",
    (
        RUN_ID,
        col("split", "string", "validation or test"),
        col("segment", "string", "all, warm or cold users"),
        col("model", "string", "model, source or fused"),
        col("metric", "string", "name as in docs/metrics.md"),
        col("k", "int", "list length"),
        col("value", "double", "the figure"),
        col("users", "bigint", "users behind it"),
    ),
    key=("run_id", "split", "segment", "model", "metric", "k"),
    mode="merge",
)

TABLES = (RECOMMENDATIONS, INTEREST_MAP, METRICS)
