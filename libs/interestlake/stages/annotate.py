"""Each distinct text: sentences, lemmas, keywords, sentiment; then tf-idf and topics over all of them."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lake import empty
from ..core.stage import Stage, StageContext
from ..text.annotate import annotate, annotator_id, distinct_texts, fit_annotator
from ..text.sentiment import built_in_sentences, label_by_rating
from ..text.terms import build_vocabulary, count_terms, inverse_document_frequency, weigh_terms
from ..text.topics import assign_topics, describe_topics, fit_topics

FEATURES, LABELS = "silver.text_features", "silver.sentiment_labels"
WEIGHTS, TOPICS, MIXTURES = "silver.term_weights", "silver.topics", "silver.document_topics"
TEXTS_PER_TASK = 5000


def _run(context: StageContext) -> dict[str, float]:
    documents = context.read("silver.documents")
    texts = documents.transform(distinct_texts).cache()
    total = texts.count()
    figures = {"texts_total": total}
    if total == 0:
        context.log.info("      no item text and no review in silver.documents: the text tables are written empty")
    figures |= _annotate_new(context, documents, texts, total)
    tokens = context.read(FEATURES).select("text_hash", "tokens").join(texts.select("text_hash", "is_fit"), "text_hash")
    figures |= _weigh_and_find_topics(context, tokens.cache())
    tokens.unpersist()
    texts.unpersist()
    return figures


def _annotate_new(context: StageContext, documents: DataFrame, texts: DataFrame, total: int) -> dict[str, float]:
    params, log = context.params.annotate, context.log
    labelled = _labels(context, documents).join(texts, "text_hash").select("text_hash", "text", "label").cache()
    rated = labelled.count()
    built_in = rated < params.min_labelled_texts
    if built_in:
        labelled = built_in_sentences(context.spark)
    identity = annotator_id(labelled, params.max_keywords)
    new = texts
    if context.lake.exists(FEATURES):
        same = context.read(FEATURES).where(F.col("annotator_id") == identity).select("text_hash")
        new = texts.join(same, "text_hash", "left_anti")
    figures = {"sentiment_built_in": float(built_in), "sentiment_labelled_texts": float(rated)}
    if new.isEmpty():
        context.write(FEATURES, empty(context.spark, FEATURES))
        return {**figures, "texts_annotated": 0.0}
    annotator = fit_annotator(context.spark, labelled, identity, params.max_keywords)
    log.info("      sentiment is right on %.1f %% of held-out %s", 100 * annotator.sentiment_accuracy,
             "built-in sentences" if built_in else "rated texts")  # fmt: skip
    partitions = max(context.spark.sparkContext.defaultParallelism, -(-total // TEXTS_PER_TASK))
    written = context.write(FEATURES, new.transform(annotate(annotator, params.max_keywords, partitions)))
    return {**figures, "sentiment_accuracy": annotator.sentiment_accuracy, "texts_annotated": float(written.rows)}


def _labels(context: StageContext, documents: DataFrame) -> DataFrame:
    """The kept training labels; drawn once, when enough rated texts are there."""
    if not context.lake.exists(LABELS) or context.read(LABELS).isEmpty():
        params = context.params.annotate
        drawn = documents.transform(label_by_rating(params.max_labelled_texts)).cache()
        rated = drawn.count()
        enough = rated >= params.min_labelled_texts
        if not enough:
            context.log.info("      %d clearly rated texts, fewer than min_labelled_texts=%d: the built-in sentences "
                             "teach sentiment", rated, params.min_labelled_texts)  # fmt: skip
        context.write(LABELS, drawn if enough else empty(context.spark, LABELS))
        drawn.unpersist()
    return context.read(LABELS)


def _weigh_and_find_topics(context: StageContext, features: DataFrame) -> dict[str, float]:
    params, spark = context.params.annotate, context.spark
    shaping = features.where("is_fit")
    vocabulary = build_vocabulary(shaping, params.vocabulary_size, params.min_document_count)
    weights, topics, mixtures = (empty(spark, name) for name in (WEIGHTS, TOPICS, MIXTURES))
    topic_count = 0
    if vocabulary:
        count = count_terms(vocabulary)
        idf = inverse_document_frequency(spark, shaping.transform(count), vocabulary)
        weights = features.transform(weigh_terms(idf, params.terms_per_text))
        model = fit_topics(
            shaping.transform(count), vocabulary, params.lda_topics, params.lda_iterations, context.options.seed
        )
        if model is not None:
            topics, mixtures = describe_topics(spark, model), features.transform(count).transform(assign_topics(model))
            topic_count = topics.count()
    if topic_count < params.lda_topics:
        context.log.info("      %d topics instead of lda_topics=%d: %d terms stand in min_document_count=%d texts",
                         topic_count, params.lda_topics, len(vocabulary), params.min_document_count)  # fmt: skip
    context.write_all({WEIGHTS: weights, TOPICS: topics, MIXTURES: mixtures})
    return {"vocabulary_terms": float(len(vocabulary)), "topics": float(topic_count)}


ANNOTATE = Stage(
    name="annotate",
    summary="sentences, lemmas, keywords, sentiment, tf-idf and topics of each distinct text",
    reads=("silver.documents",),
    writes=(FEATURES, LABELS, WEIGHTS, TOPICS, MIXTURES),
    section="annotate",
    run=_run,
    pure=True,
)
