"""The command topics: LDA and clusters of vectors over the same texts, each topic named and judged on others."""

import math

from pyspark.sql import DataFrame

from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.stage import Stage, StageContext, expect_lake
from ..text.annotate import distinct_texts
from ..text.clusters import assign_clusters, cluster_words, fit_clusters
from ..text.coherence import coherences
from ..text.sentiment import HELD_OUT_FIFTH, fifth
from ..text.terms import build_vocabulary, count_terms
from ..text.topics import TERMS_IN_NAME, describe_topics, fit_topics
from .embed import encoder_of, own_vectors

QUALITY, ASSIGNED = "silver.topic_quality", "silver.text_clusters"
READS = ("silver.documents", "silver.text_features", "silver.embeddings", "silver.topics")
SEEN = "lda_pipeline"  # fitted by annotate on all texts, the judging ones among them


def _run(context: StageContext) -> dict[str, float]:
    params, seed = context.params.topics, context.options.seed
    expect_lake(context.lake, READS, "interestlake run --until embed")
    topics = context.read("silver.topics").orderBy("topic_id").collect()
    k = params.k or len(topics)
    if k < 2:
        raise BadInput.of("topics.k", found=k, expected=">= 2", where="--k, or annotate.lda_topics")
    texts = context.read("silver.documents").transform(distinct_texts).where("is_fit").select("text_hash")
    tokens = context.read("silver.text_features").select("text_hash", "tokens").join(texts, "text_hash").cache()
    judging = fifth("text_hash") == HELD_OUT_FIFTH
    shaping, held_out = tokens.where(~judging), tokens.where(judging)
    vectors = own_vectors(context, texts).join(texts, "text_hash").select("text_hash", "vector").cache()
    terms_of: dict[str, list] = {SEEN: [(row["topic_id"], row["terms"]) for row in topics]}
    terms_of["lda"] = _lda(context, shaping, k)
    model = fit_clusters(vectors.where(~judging), k, params.iterations, seed)
    if model is None:
        raise BadInput.of(
            "vectors",
            found=f"fewer than 2 texts with one of {encoder_of(context).model_id}",
            expected="more",
            where="--lake, after `interestlake run --until embed`",
        )
    assigned = vectors.transform(assign_clusters(model)).cache()
    named = shaping.transform(cluster_words(assigned, max(params.words, TERMS_IN_NAME), context.params.annotate
                                            .min_document_count)).orderBy("topic_id").collect()  # fmt: skip
    terms_of["clusters"] = [(row["topic_id"], row["terms"]) for row in named]
    rows, figures = _judged(terms_of, held_out, params.words)
    sizes = {row["topic_id"]: row["count"] for row in assigned.groupBy("topic_id").count().collect()}
    schema = (
        "method string, topic_id int, name string, terms array<struct<term:string,weight:double>>, npmi double, "
        "texts bigint"
    )
    rows = [(*row, sizes.get(row[1]) if row[0] == "clusters" else None) for row in rows]
    context.write_all({QUALITY: context.spark.createDataFrame(rows, schema), ASSIGNED: assigned})
    for frame in (tokens, vectors, assigned):
        frame.unpersist()
    return {**figures, "k": float(k)}


def _lda(context: StageContext, shaping: DataFrame, k: int) -> list:
    params = context.params.annotate
    vocabulary = build_vocabulary(shaping, params.vocabulary_size, params.min_document_count)
    if not vocabulary:
        return []
    counted = shaping.transform(count_terms(vocabulary))
    model = fit_topics(counted, vocabulary, k, params.lda_iterations, context.options.seed)
    if model is None:
        return []
    rows = describe_topics(context.spark, model).orderBy("topic_id").collect()
    return [(row["topic_id"], row["terms"]) for row in rows]


def _judged(terms_of: dict[str, list], held_out: DataFrame, words: int) -> tuple[list[tuple], dict[str, float]]:
    """Topics of each method -> rows of QUALITY without `texts`, and the mean coherence per method."""
    strongest = {f"{method}/{topic}": [term["term"] for term in terms[:words]]
                 for method, listed in terms_of.items() for topic, terms in listed}  # fmt: skip
    values, texts = coherences(strongest)(held_out)
    rows, figures = [], {"judging_texts": float(texts)}
    for method, listed in terms_of.items():
        of_method = [values[f"{method}/{topic}"] for topic, _ in listed]
        coherent = [value for value in of_method if not math.isnan(value)]
        figures[f"topics.{method}"] = float(len(listed))
        if coherent:
            figures[f"npmi.{method}"] = sum(coherent) / len(coherent)
        for (topic, terms), value in zip(listed, of_method, strict=True):
            name = ", ".join(term["term"] for term in terms[:TERMS_IN_NAME])
            plain = [(term["term"], float(term["weight"])) for term in terms[:words]]
            rows.append((method, int(topic), name, plain, None if math.isnan(value) else value))
    return rows, figures


def topics_table(lake: Lake) -> str:
    """silver.topic_quality as lines: each method's topics, most coherent first, with the mean."""
    rows = sorted(lake.read(QUALITY).collect(), key=lambda row: (row["method"], -(row["npmi"] or -2), row["topic_id"]))
    lines = []
    for method in dict.fromkeys(row["method"] for row in rows):
        mine = [row for row in rows if row["method"] == method]
        values = [row["npmi"] for row in mine if row["npmi"] is not None]
        mean = f"{sum(values) / len(values):.3f}" if values else "-"
        note = "; fitted on the judging texts too" if method == SEEN else ""
        lines.append(f"{method}: {len(mine)} topics, mean NPMI {mean}{note}")
        for row in mine:
            figure = "    -" if row["npmi"] is None else f"{row['npmi']:6.3f}"
            lines.append(f"  {figure}  {row['topic_id']:>3}  {', '.join(term['term'] for term in row['terms'])}")
    return "\n".join(lines)


TOPICS = Stage(
    name="topics",
    summary="LDA topics and clusters of vectors, named and judged by NPMI on held-out texts",
    reads=READS,
    writes=(QUALITY, ASSIGNED),
    section="topics",
    run=_run,
)
