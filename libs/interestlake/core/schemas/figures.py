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

EXPERIMENTS = Table(
    "gold.experiments",
    "one arm of an experiment in one metric, held against the control",
    (
        RUN_ID,
        col("metric", "string", "column whose sum per person is compared"),
        col("arm", "string", "arm"),
        col("control", "string", "arm that it is held against; of the control's own row the same"),
        col("people", "bigint", "people of the arm"),
        col("mean", "double", "of the metric per person, as counted"),
        optional(
            "difference", "double", "mean less the control's, adjusted where adjusted_by says; null of the control"
        ),
        optional("low", "double", "lower end of the interval that holds at every look; null where there is none"),
        optional("high", "double", "upper end"),
        optional("single_low", "double", "lower end of Welch's interval, which holds at a single look"),
        optional("single_high", "double", "upper end"),
        optional("p_value", "double", "always-valid p-value; null of the control"),
        optional("holm", "double", "the same, corrected for all arms and metrics of the run (Holm 1979)"),
        optional("adjusted_by", "string", "column of the time before (CUPED); null where there is none"),
        optional("variance_cut", "double", "share of the variance that the adjustment takes away"),
        optional("verdict", "string", "too early to tell, better or worse; null of the control"),
        col("ratio_p", "double", "always-valid p-value of the arms' shares; below 0.01 nothing of the run is sound"),
        optional(
            "ratio_since", "date", "day of entry from which it was below; null where it never was, or without times"
        ),
    ),
    key=("run_id", "metric", "arm"),
    mode="merge",
)

POLICY_VALUES = Table(
    "gold.policy_values",
    "the worth of a policy by logs of another, by one estimator",
    (
        RUN_ID,
        col("estimator", "string", "logged (what was served), ips, snips or dr"),
        optional("lists_of", "string", "run whose lists are the new policy; null where the rows say its probabilities"),
        col("value", "double", "mean reward per row"),
        col("low", "double", "lower end of its interval, by people"),
        col("high", "double", "upper end"),
        col("difference", "double", "value less that of what was logged"),
        col("difference_low", "double", "lower end of its interval, by people"),
        col("difference_high", "double", "upper end"),
        col("rows", "bigint", "logged rows behind it"),
        col("people", "bigint", "people of these rows"),
        col("effective", "double", "effective rows, sum(w)^2 / sum(w^2) (Kong 1992)"),
        col("largest_share", "double", "of all weights, that of one row"),
        col("mean_weight", "double", "1 where propensities and the new probabilities fit"),
        col("unmatched", "bigint", "rows that the new policy never shows"),
        col("cut", "bigint", "rows whose weight was cut to policy.clip"),
    ),
    key=("run_id", "estimator"),
    mode="merge",
)

MONITOR = Table(
    "gold.monitor",
    "one figure of one day, held against the days before it",
    (
        col("day", "date", "day that was judged, UTC"),
        col("figure", "string", "name as in docs/monitor.md"),
        col("subject", "string", "source, source/event type, source/column, run or table that it is about"),
        col("value", "double", "the figure of the day"),
        optional("usual", "double", "median of the days before; null where too little is known"),
        optional("low", "double", "below it the figure is out of line"),
        optional("high", "double", "above it the figure is out of line"),
        optional("score", "double", "distance in standard errors; null where the check has none"),
        col("verdict", "string", "ok, alarm or unknown"),
        col("why", "string", "what moved most, or why nothing is known; may be empty"),
        RUN_ID,
    ),
    key=("day", "figure", "subject"),
    mode="merge",
    checks=(("verdict_known", "verdict IN ('ok','alarm','unknown')"),),
)

TABLES = (METRICS, AGAINST_CHAMPION, INTEREST_METRICS, EXPERIMENTS, POLICY_VALUES, MONITOR)
