"""The command read-experiment: arms of an A/B test beside the control, and whether the split of people holds."""

import re
from collections.abc import Callable
from datetime import date

import numpy as np
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.contract import rows_of
from ..core.errors import BadInput
from ..core.stage import Stage, StageContext
from ..evaluation.experiment import Comparison, compare, judged
from ..evaluation.experiment_asked import Asked, arms_of, asked_of
from ..evaluation.moments import Moments, together
from ..evaluation.people_in_arms import Counted, arms_by_day, count_people, looks, people_of
from ..evaluation.sample_ratio import SampleRatio, sample_ratio
from ..sources.quarantined import quarantined
from ..sources.rows_of_file import Wanted, read_rows

TABLE = "gold.experiments"
Transform = Callable[[DataFrame], DataFrame]
Days = dict[date | None, tuple[Moments, ...]]


def _run(context: StageContext) -> dict[str, float]:
    params, share = context.params.experiment, context.params.ingest.max_quarantine_share
    asked = asked_of(params)
    settled, there = read_rows(context.spark, context.options.inputs, context.options.mapping, _fields(asked), share)
    if params.window_days and "timestamp" not in there:
        raise BadInput.of("rows", found="no column timestamp", expected="a time in every row, which window_days needs",
                          where="--mapping, or --window-days 0")  # fmt: skip
    people = (
        settled.records.transform(_with_all(asked))
        .transform(people_of(len(asked.metrics), params.window_days))
        .persist()
    )
    counted = count_people(people)
    _expect_people(counted, share)
    days = arms_by_day(people, len(asked.metrics), counted.days)
    arms, shares = arms_of(list(days), asked, params.control)
    ratio, since = _ratio(days, arms, shares)
    whole = {arm: [together(day, 2) for day in zip(*days[arm].values(), strict=True)] for arm in arms if arm in days}
    comparisons = [one for i, metric in enumerate(asked.metrics)
                   for one in compare(metric, {arm: parts[i] for arm, parts in whole.items()}, params.control,
                                      bool(asked.befores[i]), asked.settings)]  # fmt: skip
    comparisons = judged(comparisons, asked.settings)
    rows = _rows(context, asked, whole, comparisons, ratio, since)
    context.write(TABLE, rows_of(context.spark, TABLE, rows))
    if settled.bad_count:
        context.write("bronze.quarantine", settled.quarantine.transform(quarantined(context.options.source)))
    for frame in (people, settled.held):
        frame.unpersist()
    return {"people": counted.people, "several_arms": counted.several, "open": counted.open,
            "rows_set_aside": settled.bad_count, "ratio_p": ratio.p, "ratio_p_single": ratio.p_once,
            **_noted(comparisons)}  # fmt: skip


def _fields(asked: Asked) -> Wanted:
    values = {f"value_{i}": name for i, name in enumerate(asked.metrics)}
    befores = {f"before_{i}": name for i, name in enumerate(asked.befores) if name}
    return Wanted(texts=("user_id", "arm"), numbers=(*values, *befores), times=("timestamp",), optional=("timestamp",),
                  empty=(*values, *befores), named={**values, **befores})  # fmt: skip


def _with_all(asked: Asked) -> Transform:
    """Rows -> with the columns before_<i> of metrics that nothing adjusts, null. Lazy."""
    lacking = {f"before_{i}": F.lit(None).cast("double") for i, name in enumerate(asked.befores) if not name}
    return lambda rows: rows.withColumns(lacking) if lacking else rows


def _expect_people(counted: Counted, max_share: float) -> None:
    everybody = counted.people + counted.several + counted.open
    if not counted.people:
        found = f"{counted.open:,} whose window is not over, {counted.several:,} in more than one arm, and nobody else"
        raise BadInput.of("people", found=found, expected="some to compare", where="--input or --window-days")
    if counted.several > max_share * everybody:
        raise BadInput.of("people", found=f"{counted.several:,} of {everybody:,} in more than one arm",
                          expected=f"at most {max_share:.0%}: one arm a person",
                          where="--input, --mapping, or ingest.max_quarantine_share")  # fmt: skip


def _ratio(days: dict[str, Days], arms: list[str], shares: np.ndarray) -> tuple[SampleRatio, date | None]:
    """The check of the split, and the day of entry from which it did not hold."""
    counts: list[dict[date | None, int]] = [
        {day: parts[0].count for day, parts in days.get(arm, {}).items()} for arm in arms
    ]
    order, people = looks(counts)
    ratio = sample_ratio(np.array(people), shares)
    return ratio, None if ratio.first is None else order[ratio.first]


def _rows(
    context: StageContext, asked: Asked, whole: dict[str, list[Moments]], comparisons: list[Comparison],
    ratio: SampleRatio, since: date | None,
) -> list[dict]:  # fmt: skip
    control = context.params.experiment.control
    shared = {"run_id": context.options.run_id, "control": control, "ratio_p": ratio.p, "ratio_since": since}
    of_control = whole[control]
    own = [{"metric": metric, "arm": control, "people": of_control[i].count, "mean": float(of_control[i].mean[0]),
            "adjusted_by": asked.befores[i] or None}
           for i, metric in enumerate(asked.metrics)]  # fmt: skip
    adjusted = dict(zip(asked.metrics, asked.befores, strict=True))
    others = [{"metric": one.metric, "arm": one.arm, "people": one.people, "mean": one.mean,
               "difference": one.difference, "low": one.low, "high": one.high, "single_low": one.single_low,
               "single_high": one.single_high, "p_value": one.p, "holm": one.holm,
               "adjusted_by": adjusted[one.metric] or None, "variance_cut": one.cut if one.adjusted else None,
               "verdict": one.verdict} for one in comparisons]  # fmt: skip
    return [{**shared, **row} for row in (*own, *others)]


def _noted(comparisons: list[Comparison]) -> dict[str, float]:
    """Figures for the tracking store, whose names know few signs."""
    figures = {}
    for one in comparisons:
        name = re.sub(r"[^\w\-./ ]", "_", f"{one.metric}.{one.arm}")
        figures |= {f"{what}.{name}": value for what, value in (("difference", one.difference), ("low", one.low),
                    ("high", one.high), ("p", one.p), ("holm", one.holm)) if value is not None}  # fmt: skip
    return figures


READ_EXPERIMENT = Stage(
    name="read_experiment",
    summary="arms of an experiment beside its control",
    reads=(),
    writes=(TABLE, "bronze.quarantine"),
    section="experiment",
    run=_run,
)
