"""Silver, text side: features of each distinct text, its vectors, and the interests found in items."""

from .silver import TEXT_HASH
from .table import Table, col

FEATURES = Table(
    "silver.text_features",
    "tokens, keywords and sentiment of one distinct text",
    (
        TEXT_HASH,
        col("sentence_count", "int", "sentences found"),
        col("tokens", "array<string>", "normalised tokens without stop words, in text order"),
        col("ngrams", "array<string>", "word pairs of the tokens"),
        col("keywords", "array<struct<keyword:string,score:double>>", "YAKE keywords, best (lowest score) first"),
        col("polarity", "double", "sentiment in [-1,1]"),
        col("polarity_label", "string", "positive, negative or neutral"),
        col("annotator_id", "string", "hash of the settings and of the sentiment training texts behind the row"),
    ),
    key=("text_hash",),
    mode="merge",
    checks=(("polarity_range", "polarity >= -1 AND polarity <= 1"),),
)

SENTIMENT_LABELS = Table(
    "silver.sentiment_labels",
    "rated texts that the sentiment model is trained on; kept, so that later texts are judged by the same model",
    (
        TEXT_HASH,
        col("label", "string", "positive or negative, from the rating's place in its scale"),
    ),
    key=("text_hash",),
    mode="merge",
    checks=(("label_known", "label IN ('positive','negative')"),),
)

TERM_WEIGHTS = Table(
    "silver.term_weights",
    "the strongest terms of one text by tf-idf",
    (
        TEXT_HASH,
        col("term", "string", "token"),
        col("tf", "int", "times the term stands in the text"),
        col("tfidf", "double", "tf * ln((n+1)/(df+1)), Spark's IDF"),
    ),
    key=("text_hash", "term"),
    mode="replace",
    checks=(("tf_from_1", "tf >= 1"),),
)

TOPICS = Table(
    "silver.topics",
    "LDA topics",
    (
        col("topic_id", "int", "topic number from 0"),
        col("name", "string", "the topic's three strongest terms"),
        col("terms", "array<struct<term:string,weight:double>>", "strongest terms with their probability"),
    ),
    key=("topic_id",),
    mode="replace",
)

DOCUMENT_TOPICS = Table(
    "silver.document_topics",
    "topic mixture of one distinct text",
    (
        TEXT_HASH,
        col("topic_id", "int", "strongest topic"),
        col("distribution", "array<double>", "probability per topic, sums to 1"),
    ),
    key=("text_hash",),
    mode="replace",
)

EMBEDDINGS = Table(
    "silver.embeddings",
    "the vector of one distinct text under one model; equal texts are embedded once",
    (
        TEXT_HASH,
        col("model_id", "string", "name and content hash of the encoder"),
        col("engine", "string", "which engine computed it"),
        col("vector", "array<float>", "unit length embedding"),
    ),
    key=("text_hash", "model_id"),
    mode="append",
    checks=(("vector_not_empty", "size(vector) > 0"),),
)

INTERESTS = Table(
    "silver.interests",
    "one node of the interest vocabulary",
    (
        col("interest_id", "string", "kind and name, such as tag:funny"),
        col("kind", "string", "category, tag, keyword or topic"),
        col("name", "string", "what a person reads"),
        col("item_count", "int", "items that carry it"),
    ),
    key=("interest_id",),
    mode="replace",
)

ITEM_INTERESTS = Table(
    "silver.item_interests",
    "how strongly an item carries an interest",
    (
        col("item_id", "string", "item"),
        col("interest_id", "string", "interest"),
        col("weight", "double", "strength in [0,1], scaled within item and kind"),
    ),
    key=("item_id", "interest_id"),
    mode="replace",
    checks=(("weight_0_1", "weight > 0 AND weight <= 1"),),
)

TABLES = (
    FEATURES,
    SENTIMENT_LABELS,
    TERM_WEIGHTS,
    TOPICS,
    DOCUMENT_TOPICS,
    EMBEDDINGS,
    INTERESTS,
    ITEM_INTERESTS,
)
