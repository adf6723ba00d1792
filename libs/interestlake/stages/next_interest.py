"""The command next-interest: what a person turns to next, by a Transformer over interests; where each interest goes."""

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ..core.errors import BadInput
from ..core.stage import Stage, StageContext
from ..interests.next_interest.histories import ALL, forecast_shares, main_interests, monthly_shares, read_steps
from ..interests.next_interest.steps import TEST, Steps, figures, judge_baselines, ranks
from ..interests.next_interest.transformer import NextInterest, train_next
from ..privacy.objections import heeded
from .evaluate_expansion import METRICS
from .expand import held_nodes
from .interests import NEEDED

NEXT, FORECASTS = "gold.next_interests", "gold.interest_forecasts"
KEPT, SPARE = 5, 10  # rows a person, and as many more that stand in for those the person refused
METRIC_ROWS = "task string, model string, metric string, k int, value double, cases bigint"


def _run(context: StageContext) -> dict[str, float]:
    params, nodes = context.params.upcoming, held_nodes(context)
    pairs = context.read("silver.interactions")
    timed = pairs.where("first_ts IS NOT NULL").limit(params.max_steps + 1).count()
    if not timed:
        raise BadInput.of(
            "silver.interactions", found="no times", expected="events with times, or nothing is next", where="--lake"
        )
    if timed > params.max_steps:
        raise BadInput.of(
            "silver.interactions",
            found=f"more than {params.max_steps:,} timed pairs",
            expected="what one machine's memory holds",
            where="upcoming.max_steps",
        )
    steps, users = read_steps(main_interests(nodes, params.kind), pairs)
    if not len(steps.targets(TEST)):
        raise BadInput.of(
            "steps",
            found=f"no test step with an interest of kind {params.kind}",
            expected="items that carry one",
            where="upcoming.kind",
        )
    context.log.info("      %d steps of %d people over %d interests", len(steps.node), len(users), steps.size)
    trained = train_next(steps, context.options.seed)
    context.log.info("      Transformer: best after epoch %d", trained.epochs)
    shares = pairs.transform(monthly_shares(nodes.held, params.least_choices, params.least_people))
    forecasts = shares.transform(forecast_shares).persist()
    metrics = _measured(context, steps, trained).unionByName(_backtested(forecasts)).persist()
    run = F.lit(context.options.run_id)
    labels = nodes.names.select(F.col("interest_id").alias("interest"), F.col("name").alias("label"))
    following = _next(context, steps, users, trained)
    context.write_all({
        NEXT: following.transform(_first_wanted(context)).join(labels, "interest").withColumn("run_id", run),
        FORECASTS: forecasts.select("interest", "people", "period", "share", "low", "high")
        .join(labels, "interest", "left").withColumn("label", F.coalesce("label", F.lit("all choices")))
        .withColumn("run_id", run),
        METRICS: metrics.withColumn("run_id", run),
    })  # fmt: skip
    figures_of_run = {f"{r['task']}.{r['model']}.{r['metric']}_{r['k']}": r["value"] for r in metrics.collect()}
    for frame in (forecasts, metrics, nodes.held, nodes.names):
        frame.unpersist()
    return figures_of_run | {"epochs": trained.epochs}


def _measured(context: StageContext, steps: Steps, trained: NextInterest) -> DataFrame:
    test = steps.targets(TEST)
    places = judge_baselines(steps) | {"transformer": ranks(trained.scores(steps, test), steps.node[test])}
    rows = [("next_interest", name, metric, k, value, len(test))
            for name, ranked in places.items() for (metric, k), value in figures(ranked).items()]  # fmt: skip
    return context.spark.createDataFrame(rows, METRIC_ROWS)


def _backtested(forecasts: DataFrame) -> DataFrame:
    """Mean absolute errors over interests, and over the one series of all choices."""
    once = forecasts.groupBy("interest").agg(*(F.first(name).alias(name) for name in ("smoothing", "naive", "mean")))
    names = F.explode(F.array(*(F.struct(F.lit(n).alias("model"), F.col(n).alias("value"))
                                for n in ("smoothing", "naive", "mean")))).alias("m")  # fmt: skip
    task = F.when(F.col("interest") == ALL, "forecast_all").otherwise("forecast").alias("task")
    long = once.select(task, names).select("task", "m.*").where(~F.isnan("value"))
    means = long.groupBy("task", "model").agg(F.avg("value").alias("value"), F.count("*").alias("cases"))
    return means.select("task", "model", F.lit("mean_absolute_error").alias("metric"), F.lit(0).alias("k"),
                        F.round("value", 9).alias("value"), "cases")  # fmt: skip


def _next(context: StageContext, steps: Steps, users: np.ndarray, trained: NextInterest) -> DataFrame:
    people, chance = trained.after(steps)
    top = np.argsort(-np.round(chance, 6), axis=1, kind="stable")[:, : KEPT + SPARE]
    rows = pd.DataFrame(
        {
            "user_id": np.repeat(users[people], top.shape[1]),
            "rank": np.tile(np.arange(1, top.shape[1] + 1, dtype=np.int32), len(people)),
            "interest": steps.nodes[top.ravel()],
            "probability": np.take_along_axis(chance, top, axis=1).ravel().astype(float),
        }
    )
    return context.spark.createDataFrame(rows, "user_id string, rank int, interest string, probability double")


def _first_wanted(context: StageContext):
    """Ranked rows -> the first KEPT a person that the person did not say no to, ranked anew. Lazy."""
    order = Window.partitionBy("user_id").orderBy("rank")

    def build(rows: DataFrame) -> DataFrame:
        wanted = rows.transform(heeded(context.lake, "interest"))
        return wanted.withColumn("rank", F.row_number().over(order)).where(F.col("rank") <= KEPT)

    return build


NEXT_INTEREST = Stage(
    name="next_interest",
    summary="the next interest of every person, and where each interest goes",
    reads=(*NEEDED, "silver.facts"),
    writes=(NEXT, FORECASTS, METRICS),
    section="upcoming",
    run=_run,
)
