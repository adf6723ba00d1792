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

SUPPORT = Table(
    "gold.support",
    "who should answer a new ticket, and with what",
    (
        col("ticket_id", "string", "new ticket"),
        col("kind", "string", "agent or answer"),
        col("rank", "int", "place from 1"),
        col("id", "string", "agent or article"),
        col("name", "string", "the agent's id or the article's title"),
        col("score", "double", "in [0,1], comparable within ticket and kind"),
        col("evidence", "array<string>", "past tickets that speak for it, strongest first; may be empty for an answer"),
        col("reason", "string", "what speaks for it, in words"),
        RUN_ID,
    ),
    key=("ticket_id", "kind", "rank"),
    mode="replace",
    checks=(("rank_from_1", "rank >= 1"), ("kind_known", "kind IN ('agent','answer')")),
)

TRENDS = Table(
    "gold.trends",
    "texts about one subject in one period, held against the periods before",
    (
        col("kind", "string", "topic, category or item"),
        col("id", "string", "topic number, category or item id"),
        col("name", "string", "what a person reads"),
        col("period_start", "timestamp", "first moment of the period, UTC"),
        col("texts", "int", "texts about it in the period"),
        optional("share", "double", "of all dated texts of the period; null where there is none"),
        optional("usual_share", "double", "the same in the periods before; null without a whole history"),
        optional("attention_z", "double", "standard errors between the two; null where too little is known"),
        optional("polarity", "double", "mean polarity in [-1,1]; null without texts"),
        optional("usual_polarity", "double", "the same in the periods before; null without texts or history"),
        optional("polarity_z", "double", "standard errors between the two; null where too little is known"),
        optional("alarm", "string", "attention or sentiment rises or falls; null where neither does"),
        RUN_ID,
    ),
    key=("kind", "id", "period_start"),
    mode="replace",
)

TABLES = (RECOMMENDATIONS, INTEREST_MAP, METRICS, SUPPORT, TRENDS)
