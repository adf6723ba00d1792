"""The command support: new tickets beside past ones and articles, by their vectors; agents and answers with reasons."""

from functools import reduce

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.only_row import only_row
from ..core.stage import Stage, StageContext
from ..serving.support_desk.nearest import nearest
from ..serving.support_desk.rank import best, rank_agents, rank_answers, ticket_strength, within_load
from ..sources.quarantined import quarantined
from ..sources.tickets import read_articles, read_new, read_tickets
from .embed import EMBEDDINGS, embed_texts, own_vectors

DESK = "gold.support"


def _run(context: StageContext) -> dict[str, float]:
    params, spark = context.params.support, context.spark
    share, (past, kb, new) = context.params.ingest.max_quarantine_share, context.options.inputs
    files = read_tickets(spark, past, share), read_articles(spark, kb, share), read_new(spark, new, share)
    tickets, articles, asked = (file.rows.persist() for file in files)
    questions = asked.count()
    if questions > params.max_new:
        raise BadInput.of(
            "new tickets, which every task holds",
            found=questions,
            expected=f"at most {params.max_new}",
            where="--new in parts, or support.max_new",
        )
    texts = [frame.select("text_hash", "text") for frame in (tickets, articles, asked)]
    figures = embed_texts(context, texts[0].unionByName(texts[1]).unionByName(texts[2]).dropDuplicates(["text_hash"]))
    vectors = own_vectors(context, asked).select("text_hash", "vector")

    rows = asked.join(vectors, "text_hash").select("ticket_id", "vector").orderBy("ticket_id").toPandas()
    shared = spark.sparkContext.broadcast(np.stack(rows["vector"].to_numpy()).astype(np.float32))
    numbered = rows[["ticket_id"]].assign(question=range(len(rows)))
    numbered = spark.createDataFrame(numbered, "ticket_id string, question int")

    def found(frame: DataFrame, key: str) -> DataFrame:
        near = frame.join(vectors, "text_hash").select(F.col(key).alias("id"), "vector")
        return near.transform(nearest(shared, params.neighbours)).join(F.broadcast(numbered), "question")

    strong = tickets.transform(ticket_strength(params.half_life_days))
    solved = strong.select(F.col("ticket_id").alias("id"), "agent_id", "article_id", "strength")
    near = found(tickets, "ticket_id").drop("question").join(solved, "id").persist()
    close = found(articles, "article_id").select("ticket_id", F.col("id").alias("article_id"), "cosine")
    agents = _agents(context, near).transform(_agent_rows)
    answers = rank_answers(near, close, params).join(articles.select("article_id", "title"), "article_id")
    answers = answers.transform(best("article_id", params.top_k)).transform(_answer_rows)
    written = context.write(DESK, agents.unionByName(answers).withColumn("run_id", F.lit(context.options.run_id)))
    if bad := [file.quarantine for file in files if file.bad_count]:
        context.write("bronze.quarantine", reduce(DataFrame.unionByName, bad).transform(quarantined("support")))
    tickets_of = (F.count_distinct(F.when(F.col("kind") == kind, F.col("ticket_id"))) for kind in ("agent", "answer"))
    counts = only_row(context.lake.read(DESK).agg(*tickets_of))
    shared.unpersist()
    for frame in (tickets, articles, asked, near, *(file.held for file in files)):
        frame.unpersist()
    return {
        "new_tickets": questions,
        "with_agent": counts[0],
        "with_answer": counts[1],
        "rows": written.rows,
        "quarantined": sum(file.bad_count for file in files),
        "texts_embedded": figures["texts_embedded"],
    }


def _agents(context: StageContext, near: DataFrame) -> DataFrame:
    params, scored = context.params.support, rank_agents(near)
    if not params.max_open:
        return scored.transform(best("agent_id", params.top_k))
    spread = within_load(scored.where("score > 0").toPandas(), params.max_open)
    within = spread[spread["rank"] <= params.top_k]
    return context.spark.createDataFrame(within[[*scored.columns, "rank"]], f"{_ddl(scored)}, rank int")


def _ddl(frame: DataFrame) -> str:
    return ", ".join(f"{field.name} {field.dataType.simpleString()}" for field in frame.schema)


def _agent_rows(ranked: DataFrame) -> DataFrame:
    solved = F.format_string("solved %d of the most similar past tickets, closest %s", "tickets", F.col("evidence")[0])
    return ranked.select(
        "ticket_id",
        F.lit("agent").alias("kind"),
        "rank",
        F.col("agent_id").alias("id"),
        F.col("agent_id").alias("name"),
        "score",
        "evidence",
        solved.alias("reason"),
    )


def _answer_rows(ranked: DataFrame) -> DataFrame:
    used = F.when(
        F.col("tickets") > 0,
        F.format_string("it solved %d similar past tickets, closest %s", "tickets", F.col("evidence")[0]),
    )
    own = F.when(F.col("own") > 0, F.format_string("its text is near the ticket's (cosine %.2f)", "own"))
    reason = F.concat_ws(" and ", used, own).alias("reason")
    return ranked.select(
        "ticket_id",
        F.lit("answer").alias("kind"),
        "rank",
        F.col("article_id").alias("id"),
        F.col("title").alias("name"),
        "score",
        "evidence",
        reason,
    )


SUPPORT_DESK = Stage(
    name="support",
    summary="agents and answers for new tickets",
    reads=(EMBEDDINGS,),
    writes=(EMBEDDINGS, DESK, "bronze.quarantine"),
    section="support",
    run=_run,
)
