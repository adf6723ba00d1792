"""What one person reads and corrects: objections, replayable reasons, counterfactuals, texts made of an item's own."""

from .table import Table, col, optional

RUN_ID = col("run_id", "string", "run or request that made the row")

OBJECTIONS = Table(
    "silver.objections",
    "what a person asked not to see, and a mark for what was forgotten at their request",
    (
        col("user_id", "string", "person"),
        col("kind", "string", "item, interest or everything"),
        col("action", "string", "not_interested or forget"),
        col("target", "string", "item or interest id; of a forget the sha-256 of person, kind and id"),
        RUN_ID,
    ),
    key=("user_id", "kind", "action", "target"),
    mode="merge",
    checks=(
        ("kind_known", "kind IN ('item','interest','everything')"),
        ("action_known", "action IN ('not_interested','forget')"),
    ),
)

REASONS = Table(
    "gold.reasons",
    "what speaks for a recommendation, one checkable statement a row",
    (
        col("user_id", "string", "person"),
        col("item_id", "string", "recommended item"),
        col("kind", "string", "chosen_together, chosen_next, alike, friends, popular, interest, fact, span or sources"),
        col("path", "array<string>", "nodes from the person to the item; see docs/explain.md per kind"),
        optional("count", "bigint", "people, friends or hops behind the statement; null where none are counted"),
        optional("value", "double", "weight, cosine or share behind the statement; null where none is stated"),
        optional("doc_id", "string", "text of a span; null for other kinds"),
        optional("span_start", "int", "first character of the span, from 0"),
        optional("span_end", "int", "character after the span"),
        col("alpha", "map<string,double>", "share of each granularity in this score, sums to 1"),
        col("lambda", "map<string,double>", "alpha_k / alpha_behaviour; left out where behaviour has no part"),
        col("statement", "string", "the row in words"),
        RUN_ID,
    ),
    key=("user_id", "item_id", "kind", "path"),
    mode="replace",
)

COUNTERFACTUALS = Table(
    "gold.counterfactuals",
    "one recommendation scored again without what its reason names",
    (
        col("user_id", "string", "person"),
        col("rank", "int", "place in the list, from 1"),
        col("item_id", "string", "recommended item"),
        col("stated", "string", "what was removed: history, friends, pattern or popularity"),
        col("score", "double", "fused score as listed"),
        col("score_without", "double", "fused score without the stated reason; 0 where nothing proposes the item then"),
        col("needed", "array<string>", "fewest history items without which it leaves the list; or empty"),
        col("sentence", "string", "the counterfactual in words; empty where up to three removals keep it in the list"),
        RUN_ID,
    ),
    key=("user_id", "rank"),
    mode="replace",
)

SUMMARIES = Table(
    "gold.summaries",
    "texts about an item made only of what its own texts and facts say",
    (
        col("item_id", "string", "item"),
        col("part", "string", "title, description, summary or contrast"),
        col("place", "int", "order of the statement within the part, from 1"),
        col("text", "string", "the statement"),
        col("source", "string", "title, item, review, tag, category or fact"),
        col("support", "int", "texts about the item that say it or the like, from 1"),
        col(
            "spans",
            "array<struct<doc_id:string,start:int,end:int>>",
            "where it stands, characters from 0; empty for titles, categories and facts, which are columns",
        ),
        RUN_ID,
    ),
    key=("item_id", "part", "place"),
    mode="replace",
    checks=(("part_known", "part IN ('title','description','summary','contrast')"),),
)

TABLES = (OBJECTIONS, REASONS, COUNTERFACTUALS, SUMMARIES)
