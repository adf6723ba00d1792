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

ITEM_ENTITIES = Table(
    "silver.item_links",
    "the entity that an item is, found by name, year and text",
    (
        col("item_id", "string", "item"),
        col("entity", "string", "subject of facts"),
        col("score", "double", "likeness of the names x agreement of the years; where asked also of texts; [0,1]"),
        col("name_score", "double", "likeness of the names alone, in [0,1]"),
        col("runner_up", "double", "score of the next entity; 0 where there is none"),
        col("method", "string", "exact (equal names), similar or text (told apart by text vectors)"),
    ),
    key=("item_id",),
    mode="replace",
    checks=(("method_known", "method IN ('exact','similar','text')"),),
)

SENTENCES = Table(
    "silver.sentences",
    "an item with its facts, or a person's history, as sentences for the text encoder",
    (
        col("kind", "string", "item or person"),
        col("id", "string", "item_id or user_id"),
        col("text", "string", "title or newest titles first, then a sentence per relation"),
        col("vector", "array<float>", "the text's vector, unit length"),
        col("model_id", "string", "encoder and a hash of its files"),
    ),
    key=("kind", "id"),
    mode="replace",
    checks=(("kind_known", "kind IN ('item','person')"),),
)

MATCHES = Table(
    "gold.knowledge_matches",
    "items whose sentences lie nearest to those of a person's history",
    (
        col("user_id", "string", "person"),
        col("item_id", "string", "item the person has not seen"),
        col("rank", "int", "place from 1"),
        col("score", "double", "cosine of the two texts' vectors"),
    ),
    key=("user_id", "item_id"),
    mode="replace",
    checks=(("rank_from_1", "rank >= 1"),),
)

MINED_FACTS = Table(
    "silver.mined_facts",
    "facts found in texts by patterns, with the words that say them",
    (
        col("item_id", "string", "item that the text is about"),
        col("predicate", "string", "relation"),
        col("object", "string", "name as it is mostly written"),
        col("confidence", "double", "1 - product over texts of (1 - worth of the pattern), in [0,1]"),
        col("texts", "bigint", "texts that say it"),
        col("doc_id", "string", "the text with the worthiest pattern"),
        col("words", "string", "the words of that text that say it"),
    ),
    key=("item_id", "predicate", "object"),
    mode="replace",
    checks=(("confidence_0_1", "confidence >= 0 AND confidence <= 1"),),
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

TABLES = (
    FACT_CHANGES,
    FACT_ISSUES,
    ITEM_ENTITIES,
    SENTENCES,
    MATCHES,
    MINED_FACTS,
    KNOWLEDGE_RANKING,
)
