"""What the commands topics, sentiment and entities find in a lake; no stage of the pipeline reads these tables."""

from .graph import EDGE_WEIGHT
from .silver import TEXT_HASH
from .table import Table, col, optional

TERMS = "array<struct<term:string,weight:double>>"
MODEL_ID = col("model_id", "string", "sentiment model: spark_nlp-<annotator id> or tuned-<hash of its files>")

TOPIC_QUALITY = Table(
    "silver.topic_quality",
    "topics of LDA and of clusters of text vectors, judged on held-out texts",
    (
        col("method", "string", "lda_pipeline, lda or clusters"),
        col("topic_id", "int", "topic number from 0, within the method"),
        col("name", "string", "the topic's three strongest terms"),
        col("terms", TERMS, "strongest terms: LDA's probability, or c-tf-idf"),
        optional("npmi", "double", "mean NPMI of the terms' pairs in [-1,1]; null below two terms or without a text"),
        optional("texts", "bigint", "texts of the cluster; null for LDA, where a text is a mixture"),
    ),
    key=("method", "topic_id"),
    mode="replace",
)

TEXT_CLUSTERS = Table(
    "silver.text_clusters",
    "cluster of one distinct text by its vector",
    (TEXT_HASH, col("topic_id", "int", "topic_id of method clusters in silver.topic_quality")),
    key=("text_hash",),
    mode="replace",
)

TEXT_SENTIMENT = Table(
    "silver.text_sentiment",
    "polarity of one distinct review text under one model",
    (
        TEXT_HASH,
        MODEL_ID,
        col("polarity", "double", "in [-1,1]"),
        col("label", "string", "positive, negative or neutral (below 0.2 either way)"),
    ),
    key=("text_hash", "model_id"),
    mode="merge",
    checks=(("polarity_range", "polarity >= -1 AND polarity <= 1"),),
)

MENTIONS = Table(
    "silver.mentions",
    "what one clause of a review says of one entity",
    (
        TEXT_HASH,
        col("entity_id", "string", "interest_id of silver.interests"),
        col("place", "int", "where the clause starts in the text, in characters"),
        col("clause", "string", "the clause"),
        col("polarity", "double", "of the clause, in [-1,1]"),
        MODEL_ID,
    ),
    key=("text_hash", "entity_id", "place"),
    mode="replace",
    checks=(("polarity_range", "polarity >= -1 AND polarity <= 1"),),
)

SCOPE = col("scope", "string", "item, topic or entity")
SCOPE_ID = col("id", "string", "item_id, topic_id or interest_id")
NAME = col("name", "string", "what a person reads")

SENTIMENT_TRENDS = Table(
    "gold.sentiment_trends",
    "slope of polarity over time, with its 95 % interval",
    (
        SCOPE,
        SCOPE_ID,
        NAME,
        col("texts", "bigint", "dated texts behind it"),
        col("mean_polarity", "double", "in [-1,1]"),
        col("slope", "double", "change of polarity per year, least squares"),
        col("standard_error", "double", "of the slope"),
        col("low", "double", "lower end of the interval"),
        col("high", "double", "upper end of the interval"),
        col("direction", "string", "rising, falling, steady where the interval holds 0, unknown of too few people"),
        optional("people", "bigint", "people who wrote the texts; null in lakes older than the column"),
        MODEL_ID,
    ),
    key=("scope", "id"),
    mode="replace",
)

SENTIMENT_ALARMS = Table(
    "gold.sentiment_alarms",
    "a window in which an item or topic breaks with its own past, with the texts that say so",
    (
        SCOPE,
        SCOPE_ID,
        NAME,
        col("kind", "string", "negative (share of negative texts) or volume (share of all texts)"),
        col("window_start", "timestamp", "UTC"),
        col("window_end", "timestamp", "UTC"),
        col("texts", "bigint", "texts in the window"),
        col("negative", "bigint", "negative ones among them"),
        col("past_texts", "bigint", "texts before the window"),
        col("past_negative", "bigint", "negative ones among them"),
        col("p_value", "double", "one-sided, exact"),
        col("q_value", "double", "after Benjamini and Hochberg over all tests of the run"),
        col("evidence", "array<struct<polarity:double,doc_id:string,event_ts:timestamp,text:string>>",
            "the most negative texts of the window, at most 10"),
        MODEL_ID,
    ),
    key=("scope", "id", "kind", "window_start"),
    mode="replace",
)  # fmt: skip

ENTITIES = Table(
    "silver.entities",
    "one entity that the tagger found",
    (
        col("entity_id", "string", "entity:kind:name in lower case"),
        col("kind", "string", "type of the tagger, such as person"),
        col("name", "string", "most frequent spelling"),
        col("item_count", "int", "items whose texts name it"),
        col("text_count", "int", "pairs of item and text that name it"),
    ),
    key=("entity_id",),
    mode="replace",
)

ITEM_ENTITIES = Table(
    "silver.item_entities",
    "how strongly an item carries an entity",
    (
        col("item_id", "string", "item"),
        col("entity_id", "string", "entity"),
        col("texts", "int", "texts of the item that name it"),
        col("weight", "double", "texts over the item's largest of the kind, in (0,1]"),
    ),
    key=("item_id", "entity_id"),
    mode="replace",
    checks=(("weight_0_1", "weight > 0 AND weight <= 1"),),
)

ENTITY_EDGES = Table(
    "graph.entity_edges",
    "entities beside entities, categories, tags and keywords of the same items",
    (
        col("src", "string", "entity_id or interest_id, smaller id"),
        col("dst", "string", "entity_id or interest_id, larger id; one end is an entity"),
        col("weight", "double", "cosine over items, in (0,1]"),
        col("pair_count", "bigint", "items that carry both"),
    ),
    key=("src", "dst"),
    mode="replace",
    checks=(EDGE_WEIGHT, ("src_before_dst", "src < dst")),
)

TABLES = (
    TOPIC_QUALITY,
    TEXT_CLUSTERS,
    TEXT_SENTIMENT,
    MENTIONS,
    SENTIMENT_TRENDS,
    SENTIMENT_ALARMS,
    ENTITIES,
    ITEM_ENTITIES,
    ENTITY_EDGES,
)
