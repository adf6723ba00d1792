"""Tables of the knowledge commands: changes and faults of facts, links, sentences, mined facts, rankings."""

from .table import Table, col

TRIPLE = (
    col("subject", "string", "entity the fact is about"),
    col("predicate", "string", "relation"),
    col("object", "string", "entity or literal"),
)

FACT_CHANGES = Table(
    "silver.fact_changes",
    "one fact that a delta put, closed or deleted; prepare leaves these facts as the delta made them",
    (
        col("run_id", "string", "run that made the change"),
        *TRIPLE,
        col("change", "string", "put, close (an end was set) or delete"),
    ),
    key=("run_id", "subject", "predicate", "object"),
    mode="append",
    checks=(("change_known", "change IN ('put','close','delete')"),),
)

FACT_ISSUES = Table(
    "silver.fact_issues",
    "what is wrong with the facts as they stand",
    (
        col("kind", "string", "conflict, dangling_entity or unknown_item"),
        col("subject", "string", "entity with the fault: a conflict's subject, or the one nothing is said about"),
        col("predicate", "string", "relation; of a dangling entity the first that names it"),
        col("objects", "array<string>", "a conflict's objects; otherwise the entity or item that is not known"),
        col("facts", "bigint", "facts behind the row"),
    ),
    key=("kind", "subject", "predicate"),
    mode="replace",
)

KNOWLEDGE_RANKING = Table(
    "gold.knowledge_ranking",
    "items of one person by what their history tells about features: contributions to D_KL(P(U|O) || P(U))",
    (
        col("user_id", "string", "person"),
        col("item_id", "string", "item the person has not seen"),
        col("rank", "int", "place from 1"),
        col("score", "double", "nats, over the number of the item's features to the power length_power"),
        col(
            "reasons",
            "array<struct<predicate:string,object:string,contribution:double>>",
            "features that gave most, in nats, largest first",
        ),
        col("divergence", "double", "D_KL of the person's features from everyone's, nats"),
    ),
    key=("user_id", "item_id"),
    mode="replace",
    checks=(("rank_from_1", "rank >= 1"), ("divergence_from_0", "divergence >= -1e-9")),
)

TABLES = (FACT_CHANGES, FACT_ISSUES, KNOWLEDGE_RANKING,)
