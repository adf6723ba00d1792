"""ops.stages and models.fusion_weights -> how long each stage took, what it read and wrote, how sources are mixed."""

import json
from collections.abc import Iterable, Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row
from ..core.stage import Stage
from ..models.granularities import GRANULARITIES
from ..recommending.choose import in_words
from ..recommending.granularity import GRANULARITY, alpha_of, lambda_of
from ..recommending.segments import SEGMENT_NAMES, SEGMENTS
from .content import Blend, ChosenModel, GranularityWeight, Missing, Step, largest_first


def collect_stages(stages: DataFrame, run_id: str) -> list[Mapping]:
    """ops.stages -> the rows of one run, a dozen. One Spark job."""
    return [row.asDict() for row in stages.where(F.col("run_id") == run_id).collect()]


def steps(rows: Iterable[Mapping], stages: Iterable[Stage]) -> tuple[Step, ...] | Missing:
    """Rows of ops.stages -> the finished ones of `stages`, in their order; rows of other stages are left out.

    A table that the stage wrote stands under `writes` with its version and rows; every other table whose version it
    noted was read.
    """
    order = {stage.name: (i, stage.summary) for i, stage in enumerate(stages)}
    rows = sorted((row for row in rows if row["stage"] in order), key=lambda row: order[row["stage"]])
    if not rows:
        return Missing("No timings: no stage has finished under this run id.")
    longest = max(row["seconds"] for row in rows) or 1.0
    return tuple(
        Step(
            stage=row["stage"],
            summary=order[row["stage"]][1],
            seconds=row["seconds"],
            bar=row["seconds"] / longest,
            rows=sum(row["rows"].values()),
            reads=tuple(sorted((t, v) for t, v in row["versions"].items() if t not in row["rows"])),
            writes=tuple((t, row["versions"][t], n) for t, n in sorted(row["rows"].items())),
            figures=tuple(sorted((name, value) for name, value in (row["metrics"] or {}).items())),
        )
        for row in rows
    )


def people_of_segments(users: DataFrame) -> dict[str, int]:
    """silver.users -> segment -> people, 0 for a segment without any. One Spark job."""
    lengths = F.col("item_count")
    spans = zip(SEGMENT_NAMES, (0, *SEGMENTS), (*SEGMENTS, float("inf")), strict=True)
    sizes = [F.count_if((lengths >= least) & (lengths < end)).alias(name) for name, least, end in spans]
    return only_row(users.agg(*sizes)).asDict()


def blends(weights: DataFrame, people: Mapping[str, int] | None = None) -> tuple[Blend, ...] | Missing:
    """models.fusion_weights -> shares and granularities per segment, without those in which `people` counts nobody.

    One Spark job, segments x sources rows.
    """
    rows = weights.collect()
    if not rows:
        return Missing("No fusion weights in this run.")
    names = {row["segment"] for row in rows}
    order = sorted(names, key=lambda s: (SEGMENT_NAMES.index(s) if s in SEGMENT_NAMES else 99, s))
    given = {name: {r["source"]: r["weight"] for r in rows if r["segment"] == name} for name in order}
    counts = {name: None if people is None else people.get(name) for name in given}
    shown = [Blend(name, counts[name], largest_first(weights.items()), granularities(weights))
             for name, weights in given.items() if counts[name] != 0]  # fmt: skip
    return tuple(shown) or Missing("Nobody to mix sources for: no person has a history.")


def chosen_models(chosen: DataFrame) -> tuple[ChosenModel, ...] | Missing:
    """models.chosen -> what takes part, largest share first, then what does not. One Spark job, a row a model."""
    rows = sorted(chosen.collect(), key=lambda row: (bool(row["left_out"]), -row["weight"], row["model"]))
    if not rows:
        return Missing("No model was tried in this run.")
    return tuple(
        ChosenModel(row["model"], row["granularity"], row["validation"], row["weight"], row["fits"],
                    in_words(json.loads(row["parameters"])), row["left_out"] or "")
        for row in rows
    )  # fmt: skip


def granularities(weights: Mapping[str, float]) -> tuple[GranularityWeight, ...]:
    """Weights of one segment by source -> its granularities, in their order; none where the weights are off the simplex
    or of a source that has no granularity, since the page shows a table as it is."""
    if not set(weights) <= set(GRANULARITY) or abs(sum(weights.values()) - 1) > 1e-6:
        return ()
    alpha = alpha_of(weights)
    strengths = {GRANULARITIES[0]: 1.0} | lambda_of(alpha)
    return tuple(GranularityWeight(name, alpha[name], strengths[name]) for name in GRANULARITIES)
