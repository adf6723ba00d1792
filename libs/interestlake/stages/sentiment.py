"""The command sentiment: polarity of reviews and of mentions in them, trends over time, alarms with their evidence."""

import hashlib
from collections.abc import Callable, Iterator
from functools import lru_cache, reduce
from pathlib import Path

import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.counted import counted
from ..core.errors import BadInput
from ..core.lake import Lake, empty
from ..core.stage import Stage, StageContext, expect_lake
from ..core.task_files import for_tasks, here
from ..interests.trends.series import author
from ..text.annotate import annotator_id, fit_annotator
from ..text.mentions import find_mentions, judge_texts
from ..text.sentiment import built_in_sentences
from ..text.sentiment_series import sentiment_alarms, sentiment_trends, window_counts, with_evidence
from ..text.tuning.place import find_model

SAID, MENTIONS = "silver.text_sentiment", "silver.mentions"
TRENDS, ALARMS = "gold.sentiment_trends", "gold.sentiment_alarms"
READS = ("silver.documents", "silver.text_features", "silver.sentiment_labels", "silver.interests",
         "silver.document_topics", "silver.topics", "silver.items")  # fmt: skip
CHEAP = "spark_nlp"
NEUTRAL_BELOW = 0.2
NAMED = {"positive": 1.0, "pos": 1.0, "negative": -1.0, "neg": -1.0, "neutral": 0.0}
TEXTS_PER_TASK = 2000


def _run(context: StageContext) -> dict[str, float]:
    params = context.params.sentiment
    expect_lake(context.lake, READS, "interestlake run --until build_interests")
    reviews = (
        context.read("silver.documents")
        .where("kind = 'review'")
        .select("doc_id", "text_hash", "item_id", "text", "event_ts", author())
        .cache()
    )
    texts = reviews.groupBy("text_hash").agg(F.min("text").alias("text")).cache()
    total = texts.count()
    if total == 0:
        raise BadInput.of("texts", found="no review in silver.documents", expected="reviews", where="--lake")
    model = model_folder(find_model(params.model, context.tracker.uri)) if params.model else ""
    model_id = _model_id(context, model)
    judge = _judge(context, model_id, model)
    said = _judged_texts(context, texts, judge, model_id, model)
    mentions = _write_mentions(context, texts, judge, model_id)
    rows = _by_scope(context, reviews, said, mentions).cache()
    trends = rows.transform(sentiment_trends(params.min_texts, params.min_people)).join(
        _names(context), ["scope", "id"], "left"
    )
    counts = rows.where("scope <> 'entity'").transform(window_counts(params.window_days))
    alarms, tests = sentiment_alarms(params.min_texts, params.min_past, params.false_discovery_rate)(counts)
    named = alarms.transform(with_evidence(rows, params.window_days)).join(_names(context), ["scope", "id"], "left")
    written = context.write_all(
        {
            TRENDS: trends.withColumn("name", F.coalesce("name", "id")).withColumn("model_id", F.lit(model_id)),
            ALARMS: named.withColumn("name", F.coalesce("name", "id")).withColumn("model_id", F.lit(model_id)),
        }
    )
    figures = {"texts": float(total), "mentions": float(mentions.count()), "tests": float(tests),
               "trends": float(written[0].rows), "alarms": float(written[1].rows)}  # fmt: skip
    for frame in (reviews, texts, rows):
        frame.unpersist()
    return figures


def _model_id(context: StageContext, model: str) -> str:
    if not model:
        labels = context.read("silver.sentiment_labels").select("text_hash", "label")
        if labels.isEmpty():
            labels = built_in_sentences(context.spark)
        return f"{CHEAP}-{annotator_id(labels, context.params.annotate.max_keywords)}"
    digest = hashlib.sha256()
    for name in ("task.json", "head.safetensors", "model.safetensors"):
        with open(Path(model) / name, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return f"tuned-{digest.hexdigest()[:16]}"


def model_folder(folder: str) -> str:
    """`folder`; BadInput where that is no train-sentiment model or its classes have no polarity."""
    from ..text.tuning.saved import load_model

    class_polarity(tuple(load_model(folder, "sentiment")[3]["classes"]))
    return folder


def class_polarity(classes: tuple[str, ...]) -> dict[str, float]:
    """Class -> polarity in [-1,1]: by name (positive, negative, neutral), or numbers from the least to the greatest."""
    lower = [name.lower() for name in classes]
    if all(name in NAMED for name in lower):
        return {name: NAMED[name.lower()] for name in classes}
    try:
        values = [float(name) for name in classes]
    except ValueError:
        raise BadInput.of(
            "classes of the model",
            found=", ".join(classes),
            where="--model",
            expected="positive, negative, neutral, or numbers such as 0 and 1, or 1 to 5",
        ) from None
    low, high = min(values), max(values)
    return {name: 2 * (value - low) / (high - low) - 1 for name, value in zip(classes, values, strict=True)}


@lru_cache(maxsize=1)
def _loaded(folder: str):
    import torch

    from ..text.tuning.sentiment import SentimentModel

    torch.set_num_threads(1)
    return SentimentModel.load(folder)


def _judge(context: StageContext, model_id: str, model: str):
    """texts(text) -> (text, polarity in [-1,1]): the cheap tier's sign, or the mean of the tuned model's classes."""
    if not model:
        documents = context.read("silver.documents").select("text_hash", "text").dropDuplicates(["text_hash"])
        labelled = (
            context.read("silver.sentiment_labels").join(documents, "text_hash").select("text_hash", "text", "label")
        )
        if labelled.isEmpty():
            labelled = built_in_sentences(context.spark)
        return judge_texts(fit_annotator(context.spark, labelled, model_id, context.params.annotate.max_keywords))

    brought = for_tasks(context.spark, model)

    def score(frames: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        import numpy as np
        import torch

        loaded = _loaded(here(brought))
        value = class_polarity(tuple(loaded.classes))
        worth = np.array([value[name] for name in loaded.classes])
        for frame in frames:
            logits = torch.from_numpy(loaded.classifier.logits(frame["text"].tolist()))
            yield pd.DataFrame({"text": frame["text"], "polarity": torch.softmax(logits, 1).numpy() @ worth})

    return lambda texts: texts.select("text").mapInPandas(score, "text string, polarity double")


def _judged_texts(context: StageContext, texts: DataFrame, judge: Callable, model_id: str, model: str) -> DataFrame:
    """Polarity of each text under this model; the tuned one reads only texts that it has not read before."""
    if not model:
        rows = (
            context.read("silver.text_features")
            .join(texts.select("text_hash"), "text_hash")
            .select("text_hash", "polarity", F.col("polarity_label").alias("label"))
        )
    else:
        new = texts
        if context.lake.exists(SAID):
            judged_before = context.read(SAID).where(F.col("model_id") == model_id).select("text_hash")
            new = texts.join(judged_before, "text_hash", "left_anti")
        polarity = F.round("polarity", 6)
        label = F.when(F.abs(polarity) < NEUTRAL_BELOW, "neutral").when(polarity > 0, "positive").otherwise("negative")
        spread = new.repartition(_tasks(context, texts), "text_hash")
        judged = spread.select("text").distinct().transform(judge)
        rows = new.join(judged, "text").select("text_hash", polarity.alias("polarity"), label.alias("label"))
    context.write(SAID, rows.withColumn("model_id", F.lit(model_id)))
    return context.lake.read(SAID).where(F.col("model_id") == model_id).select("text_hash", "polarity")


def _tasks(context: StageContext, texts: DataFrame) -> int:
    return max(context.spark.sparkContext.defaultParallelism, -(-texts.count() // TEXTS_PER_TASK))


def _write_mentions(context: StageContext, texts: DataFrame, judge: Callable, model_id: str) -> DataFrame:
    """Write silver.mentions and read it back."""
    kinds = context.params.sentiment.kinds
    order = {kind: place for place, kind in enumerate(kinds)}
    rows = context.read("silver.interests").where(F.col("kind").isin(*kinds)).select("interest_id", "kind", "name")
    listed = sorted(rows.collect(), key=lambda row: (order[row["kind"]], row["interest_id"]))
    entities = {row["interest_id"]: row["name"] for row in listed}
    if not entities:
        context.write(MENTIONS, empty(context.spark, MENTIONS))
        return context.lake.read(MENTIONS)
    spread = texts.repartition(_tasks(context, texts), "text_hash")
    mentions = spread.transform(find_mentions(entities)).persist()
    judged = mentions.select(F.col("clause").alias("text")).distinct().transform(judge)
    polarity = F.round("polarity", 6).alias("polarity")
    context.write(
        MENTIONS,
        mentions.join(judged.withColumnRenamed("text", "clause"), "clause").select(
            "text_hash", "entity_id", "place", "clause", polarity, F.lit(model_id).alias("model_id")
        ),
    )
    mentions.unpersist()
    return context.lake.read(MENTIONS)


def _by_scope(context: StageContext, reviews: DataFrame, said: DataFrame, mentions: DataFrame) -> DataFrame:
    """-> said(scope, id, doc_id, author, text, polarity, event_ts): by item, topic and entity."""
    judged = reviews.join(said, "text_hash")
    columns = ("scope", "id", "doc_id", "author", "text", "polarity", "event_ts")
    topics = context.read("silver.document_topics").select("text_hash", F.col("topic_id").cast("string").alias("id"))
    of_entity = mentions.groupBy("text_hash", F.col("entity_id").alias("id")).agg(F.avg("polarity").alias("polarity"))
    parts = (
        judged.withColumn("scope", F.lit("item")).withColumn("id", F.col("item_id")),
        judged.join(topics, "text_hash").withColumn("scope", F.lit("topic")),
        reviews.join(of_entity, "text_hash").withColumn("scope", F.lit("entity")),
    )
    return reduce(DataFrame.unionByName, (part.select(*columns) for part in parts))


def _names(context: StageContext) -> DataFrame:
    parts = (
        context.read("silver.items").select(F.lit("item").alias("scope"), F.col("item_id").alias("id"),
                                            F.col("title").alias("name")),
        context.read("silver.topics").select(F.lit("topic").alias("scope"),
                                             F.col("topic_id").cast("string").alias("id"), "name"),
        context.read("silver.interests").select(F.lit("entity").alias("scope"), F.col("interest_id").alias("id"),
                                                "name"),
    )  # fmt: skip
    return reduce(DataFrame.unionByName, parts)


def sentiment_table(lake: Lake, rows: int = 5) -> str:
    """The clearest trends of each scope and the alarms with their first piece of evidence, as lines."""
    lines = []
    trends = lake.read(TRENDS).where("direction IN ('rising', 'falling')")
    clearest = F.desc(F.abs("slope") / F.greatest("standard_error", F.lit(1e-9)))
    for scope in ("item", "topic", "entity"):
        of_scope = trends.where(F.col("scope") == scope)
        mine = of_scope.orderBy(clearest, "id").limit(rows).collect()
        lines.append(f"{scope}: {counted(of_scope.count(), 'trend')} of enough people whose 95 % interval leaves out 0")
        for row in mine:
            behind = f"{counted(row['texts'], 'text')} of {counted(row['people'] or 0, 'person', 'people')}"
            lines.append(f"  {row['direction']:<8}{row['slope']:>8.3f} a year [{row['low']:.3f}, {row['high']:.3f}]"
                         f"  {behind:>22}  {row['name']}")  # fmt: skip
    alarms = lake.read(ALARMS).orderBy("q_value", "scope", "id", "window_start", "kind")
    lines.append(f"alarms: {alarms.count()}")
    for row in alarms.limit(2 * rows).collect():
        days = f"{row['window_start']:%Y-%m-%d}..{row['window_end']:%Y-%m-%d}"
        lines.append(f"  {row['kind']:<9}{days}  {row['negative']} of {row['texts']} negative, before "
                     f"{row['past_negative']} of {row['past_texts']}, q {row['q_value']:.4f}  "
                     f"{row['scope']} {row['name']}")  # fmt: skip
        lines += [f"      {one['polarity']:+.2f}  {one['text'][:90]}" for one in row["evidence"][:2]]
    return "\n".join(lines)


SENTIMENT = Stage(
    name="sentiment",
    summary="polarity of reviews and mentions, trends, alarms",
    reads=READS,
    writes=(SAID, MENTIONS, TRENDS, ALARMS),
    section="sentiment",
    run=_run,
)
