"""Nearest past tickets and articles -> agents and answers of each new ticket, with evidence and a sentence."""

from collections.abc import Callable

import pandas as pd
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ...core.params.all import Support

SECONDS_PER_DAY, EVIDENCE = 86_400, 3


def ticket_strength(half_life_days: float) -> Callable[[DataFrame], DataFrame]:
    """Past tickets -> the same with strength = solved x 2^(-age / half_life_days), age from the newest ticket. Lazy.

    Tickets without a time do not age; half_life_days 0: none does.
    """

    def transform(tickets: DataFrame) -> DataFrame:
        if half_life_days <= 0:
            return tickets.withColumn("strength", F.col("solved"))
        newest = tickets.agg(F.max("event_ts").cast("double").alias("newest"))
        age = (F.col("newest") - F.col("event_ts").cast("double")) / SECONDS_PER_DAY
        decay = F.coalesce(F.pow(F.lit(2.0), -age / half_life_days), F.lit(1.0))
        return tickets.crossJoin(F.broadcast(newest)).withColumn("strength", F.col("solved") * decay).drop("newest")

    return transform


def rank_agents(near: DataFrame) -> DataFrame:
    """(ticket_id, id, cosine, strength, agent_id) -> (ticket_id, agent_id, score, evidence, tickets). Lazy.

    score = share of the agent in the sum of max(cosine, 0) x strength over the nearest past tickets: how likely the
    agent is the expert, by the documents that are about the question (Balog, Azzopardi and de Rijke, 2006, model 2).
    """
    part = F.round(F.greatest("cosine", F.lit(0.0)) * F.col("strength"), 9)
    alike = near.withColumn("part", part).where("part > 0")
    total = F.sum("part").over(Window.partitionBy("ticket_id"))
    summed = (
        alike.withColumn("total", total)
        .groupBy("ticket_id", "agent_id", F.round("total", 9).alias("total"))
        .agg(
            F.sum("part").alias("sum"), _strongest(F.col("part")).alias("evidence"), F.count(F.lit(1)).alias("tickets")
        )
    )
    score = F.round(F.col("sum") / F.col("total"), 6).alias("score")
    return summed.select("ticket_id", "agent_id", score, "evidence", "tickets")


def rank_answers(near: DataFrame, close: DataFrame, params: Support) -> DataFrame:
    """near as for agents, with article_id; close(ticket_id, article_id, cosine) -> scored articles. Lazy.

    -> (ticket_id, article_id, score, confidence, evidence, tickets, own). score = article_share x own +
    (1 - article_share) x share of the article among the nearest past tickets that an article solved; own = max(cosine
    of the article's text, 0). confidence = the largest cosine behind it; below min_confidence there is no row.
    """
    part = F.round(F.greatest("cosine", F.lit(0.0)) * F.col("strength"), 9)
    solved = near.where("article_id IS NOT NULL").withColumn("part", part).where("part > 0")
    total = F.round(F.sum("part").over(Window.partitionBy("ticket_id")), 9)
    used = (
        solved.withColumn("total", total)
        .groupBy("ticket_id", "article_id", "total")
        .agg(
            F.sum("part").alias("sum"),
            F.max("cosine").alias("nearest"),
            _strongest(F.col("part")).alias("evidence"),
            F.count(F.lit(1)).alias("tickets"),
        )
    )
    own = close.select("ticket_id", "article_id", F.greatest("cosine", F.lit(0.0)).alias("own"))
    both = used.join(own, ["ticket_id", "article_id"], "full").na.fill(0.0, ["own", "nearest", "sum"])
    share = F.coalesce(F.col("sum") / F.col("total"), F.lit(0.0))
    scored = both.select(
        "ticket_id",
        "article_id",
        F.round(params.article_share * F.col("own") + (1 - params.article_share) * share, 6).alias("score"),
        F.greatest("own", "nearest").alias("confidence"),
        F.coalesce("evidence", F.array().cast("array<string>")).alias("evidence"),
        F.coalesce("tickets", F.lit(0)).alias("tickets"),
        "own",
    )
    return scored.where(F.col("confidence") >= params.min_confidence)


def _strongest(part: Column) -> Column:
    listed = F.sort_array(F.collect_list(F.struct((-part).alias("order"), F.col("id"))))
    return F.slice(listed, 1, EVIDENCE).getField("id")


def best(key: str, top_k: int) -> Callable[[DataFrame], DataFrame]:
    """Scored rows of `key` -> the same with rank, at most `top_k` a ticket, ties to the smaller id. Lazy."""
    order = Window.partitionBy("ticket_id").orderBy(F.desc("score"), key)
    ranked = F.row_number().over(order).alias("rank")
    return lambda rows: rows.where("score > 0").select("*", ranked).where(F.col("rank") <= top_k)


def within_load(agents: pd.DataFrame, max_open: int) -> pd.DataFrame:
    """(ticket_id, agent_id, score, ...) -> the same rows in a new rank: no agent is first for more than `max_open`.

    Surest first: pairs by score, then ids; a ticket goes to the pair's agent while that one has room. A ticket whose
    agents are all full keeps none. Raises nothing; one machine, bounded by support.max_new x neighbours.
    """
    load: dict[str, int] = {}
    first: dict[str, str] = {}
    ordered = agents.sort_values(["score", "ticket_id", "agent_id"], ascending=[False, True, True], kind="stable")
    for ticket, agent in zip(ordered["ticket_id"], ordered["agent_id"], strict=True):
        if ticket not in first and load.get(agent, 0) < max_open:
            first[ticket] = agent
            load[agent] = load.get(agent, 0) + 1
    within = ordered[ordered["ticket_id"].isin(list(first))]
    chosen = within["agent_id"] == within["ticket_id"].map(first)
    within = within.assign(chosen=~chosen).sort_values(
        ["ticket_id", "chosen", "score", "agent_id"], ascending=[True, True, False, True], kind="stable"
    )
    return within.assign(rank=within.groupby("ticket_id").cumcount() + 1).drop(columns="chosen")
