"""Stage build_interests: categories, tags, keywords and topics -> interests of items and of people."""

from collections.abc import Callable
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.stage import Stage, StageContext
from ..interests.candidates import category_candidates, keyword_candidates, tag_candidates, topic_candidates, visible
from ..interests.generic import without_generic
from ..interests.hidden import without_hidden
from ..interests.ignored import without_ignored
from ..interests.interest_map import interest_map
from ..interests.item_interests import choose_interests, interest_vocabulary
from ..interests.spelling import merge_spellings
from ..interests.topic_names import name_topics
from ..privacy.objections import heeded

EMBEDDINGS = "silver.embeddings"


def _run(context: StageContext) -> dict[str, float]:
    params = context.params.interests
    documents, items = context.read("silver.documents"), context.read("silver.items")
    features, mixtures = context.read("silver.text_features"), context.read("silver.document_topics")
    topics = _named_topics(context, documents, features)
    by_kind = {
        "category": category_candidates(items),
        "tag": tag_candidates(documents),
        "keyword": keyword_candidates(documents, features),
        "topic": topic_candidates(documents, mixtures),
    }
    candidates = reduce(DataFrame.unionByName, (by_kind[kind] for kind in params.kinds))
    candidates = candidates.transform(without_hidden(context.params.guard.hidden_words, items, topics))
    candidates = candidates.transform(without_ignored(params.ignore))
    candidates = candidates.transform(without_generic(params.max_word_share)).transform(merge_spellings)
    # only now: what share of the items carries a topic is a share of those with any topic, named or not
    chosen = candidates.transform(choose_interests(params)).transform(_with_names(topics)).persist()
    vocabulary, written = context.write_all(
        {
            "silver.interests": chosen.transform(interest_vocabulary(topics)),
            "silver.item_interests": chosen.drop("kind", "name"),
        }
    )
    carried, names = (context.lake.read(name) for name in ("silver.item_interests", "silver.interests"))
    pairs = context.read("silver.interactions")
    profiles = pairs.transform(interest_map(carried, names, params.max_per_user))
    profiles = profiles.transform(heeded(context.lake, "interest_id"))
    people = context.write("gold.interest_map", profiles)
    chosen.unpersist()
    if vocabulary.rows == 0 and written.version <= 1:
        context.log.info("      no interest found: the source has no categories, tags or texts that repeat")
    return {"interests": vocabulary.rows, "item_interests": written.rows, "interest_map": people.rows}


def _named_topics(context: StageContext, documents: DataFrame, features: DataFrame) -> DataFrame:
    """(topic_id, name) of the topics that have a name which tells a reader something; the others make no interest."""
    names: dict[int, str] = {}
    topics = context.read("silver.topics")
    if "topic" in context.params.interests.kinds:
        texts = visible(documents).where("kind <> 'tag'").select("text_hash").distinct()
        texts = features.select("text_hash", "tokens").join(texts, "text_hash", "left_semi").persist()
        names = name_topics(topics, texts, _vectors(context))
        texts.unpersist()
        total = topics.count()
        if len(names) < total:
            context.log.info("      %d of %d topics have no name that lets a reader guess its items: left out",
                             total - len(names), total)  # fmt: skip
    return context.spark.createDataFrame(sorted(names.items()), "topic_id int, name string")


def _vectors(context: StageContext) -> DataFrame | None:
    """(text_hash, vector) of the encoder that has most texts, None where nothing is embedded."""
    if not context.lake.exists(EMBEDDINGS):
        return None
    rows = context.read(EMBEDDINGS)
    most = rows.groupBy("model_id").count().orderBy(F.desc("count"), "model_id").first()
    return None if most is None else rows.where(F.col("model_id") == most["model_id"]).select("text_hash", "vector")


def _with_names(topics: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """Chosen interests of items -> without topics that are not among `topics`(topic_id, name). Lazy."""
    numbers = topics.select(F.col("topic_id").cast("string").alias("name"), F.lit(True).alias("told"))

    def transform(chosen: DataFrame) -> DataFrame:
        known = chosen.join(F.broadcast(numbers), "name", "left")
        return known.where((F.col("kind") != "topic") | F.col("told")).select(*chosen.columns)

    return transform


BUILD_INTERESTS = Stage(
    name="build_interests",
    summary="interests of items and the interest map of every person",
    reads=(
        "silver.items",
        "silver.documents",
        "silver.text_features",
        "silver.document_topics",
        "silver.topics",
        EMBEDDINGS,
        "silver.interactions",
    ),
    writes=("silver.interests", "silver.item_interests", "gold.interest_map"),
    section="interests",
    run=_run,
    pure=True,
)
