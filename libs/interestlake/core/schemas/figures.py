"""Gold: figures of models and of interests on what was held out."""

from .table import Table, col, optional

RUN_ID = col("run_id", "string", "run that made the row")

METRICS = Table(
    "gold.metrics",
    "one figure of one model on held-out events",
    (
        RUN_ID,
        col("split", "string", "validation or test; release: of the lists that people see"),
        col("segment", "string", "all, warm or cold users"),
        col("model", "string", "model, source or fused"),
        col("metric", "string", "name as in docs/metrics.md"),
        col("k", "int", "list length; 0 where the metric has none"),
        col("value", "double", "the figure"),
        col("users", "bigint", "users behind it"),
        optional("error", "double", "standard error of the mean over them; null where the figure is no such mean"),
    ),
    key=("run_id", "split", "segment", "model", "metric", "k"),
    mode="merge",
)

AGAINST_CHAMPION = Table(
    "gold.against_champion",
    "a run's fused lists beside the champion's that it found, on held-out pairs that neither had seen",
    (
        RUN_ID,
        col("champion_run", "string", "run whose ranker was champion"),
        col("metric", "string", "name as in docs/metrics.md"),
        col("k", "int", "list length; 0 where the metric has none"),
        col("people", "bigint", "people compared"),
        col("same_pairs", "bigint", "of them, those whose held-out pairs both runs had held out"),
        optional("challenger", "double", "mean of this run's lists; null where not compared, as are the next three"),
        optional("champion", "double", "mean of the champion's lists"),
        optional("low", "double", "lower end of the 95 % interval of the difference"),
        optional("high", "double", "upper end"),
        col("why", "string", "what keeps them from being compared; empty where they are"),
    ),
    key=("run_id",),
    mode="merge",
)

INTEREST_METRICS = Table(
    "gold.interest_metrics",
    "one figure of a measurement on interests: what was hidden and found again",
    (
        RUN_ID,
        col(
            "task",
            "string",
            "interests, interests_validation, expansion, little_history, next_interest, forecast, people, cross_domain",
        ),
        col("model", "string", "method"),
        col("metric", "string", "recall, precision, hit_rate, ..."),
        col("k", "int", "list length; 0 where the metric has none"),
        col("value", "double", "the figure"),
        col("cases", "bigint", "people, steps or links behind it"),
    ),
    key=("run_id", "task", "model", "metric", "k"),
    mode="merge",
)

TABLES = (METRICS, AGAINST_CHAMPION, INTEREST_METRICS)
