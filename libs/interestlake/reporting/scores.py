"""gold.metrics -> the metrics table, the curves by list length and the dots by segment."""

from collections.abc import Iterable, Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.params.all import Promote
from .content import Cell, Curve, Missing, ModelRow, Scores, Segment
from .wording import MEASURES

SEGMENTS = ("all", "warm", "cold")
LABEL_STEP = 0.045
LEAST_PEOPLE = 10  # a mean over fewer says nothing of a model, and would set the axis for all


def collect_metrics(metrics: DataFrame, run_id: str) -> list[Mapping]:
    """gold.metrics -> this run's test rows (models x metrics x lengths x segments, about a thousand). One Spark job."""
    rows = metrics.where((F.col("run_id") == run_id) & (F.col("split") == "test"))
    return [row.asDict() for row in rows.collect()]


def scores(rows: Iterable[Mapping], promote: Promote) -> Scores | Missing:
    """Test rows -> what is shown, best nDCG first (ties by name); a Missing where no row has the gate's length."""
    rows = list(rows)
    k = promote.k
    table = {(r["model"], r["metric"]): r["value"] for r in rows if r["segment"] == "all" and r["k"] == k}
    if not table:
        return Missing("No metrics in this run: the evaluate stage has not run under this run id.")
    models = sorted({model for model, _ in table}, key=lambda m: (-table.get((m, "ndcg"), -1.0), m))
    role = {m: "fused" if m == "fused" else "rival" if m in promote.better_than else "model" for m in models}
    curves = _curves(rows, role)
    return Scores(
        k=k,
        users=max(r["users"] for r in rows if r["segment"] == "all" and r["k"] == k),
        rows=tuple(ModelRow(m, role[m], _cells(m, models, table)) for m in models),
        curves=curves,
        lengths=tuple(sorted({length for curve in curves for length, _ in curve.points})),
        curve_top=_ceiling([value for curve in curves for _, value in curve.points]),
        segments=(segments := _segments(rows, role, k)),
        segment_top=_ceiling([value for segment in segments for _, _, value in segment.dots]),
        metric="ndcg",
    )


def _cells(model: str, models: list[str], table: dict) -> tuple[Cell, ...]:
    cells = []
    for measure in MEASURES:
        column = [table[m, measure.name] for m in models if (m, measure.name) in table]
        value, top = table.get((model, measure.name)), max(column, default=0.0)
        bar = value / top if value is not None and value > 0 and top > 0 else 0.0
        cells.append(Cell(value, bar, value is not None and value == top))
    return tuple(cells)


def _curves(rows: list[Mapping], role: dict[str, str]) -> tuple[Curve, ...]:
    points: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        if row["segment"] == "all" and row["metric"] == "ndcg" and row["model"] in role:
            points.setdefault(row["model"], []).append((row["k"], row["value"]))
    top = _ceiling([value for curve in points.values() for _, value in curve])
    ends = {model: sorted(curve)[-1][1] / top for model, curve in points.items()}
    places = _spread(ends)
    ordered = sorted(points, key=lambda m: ({"fused": 2, "rival": 1, "model": 0}[role[m]], m))
    return tuple(Curve(m, role[m], tuple(sorted(points[m])), places[m]) for m in ordered)


def _spread(ends: dict[str, float]) -> dict[str, float]:
    """Heights in [0,1] -> label heights at least LABEL_STEP apart, in the same order, as near as the order allows."""
    names = sorted(ends, key=lambda m: (ends[m], m))
    places = [ends[name] for name in names]
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + LABEL_STEP)
    if places and places[-1] > 1:
        places[-1] = 1.0
        for i in range(len(places) - 2, -1, -1):
            places[i] = min(places[i], places[i + 1] - LABEL_STEP)
    return dict(zip(names, places, strict=True))


def _segments(rows: list[Mapping], role: dict[str, str], k: int) -> tuple[Segment, ...]:
    segments = []
    for segment in SEGMENTS:
        mine = [r for r in rows if r["segment"] == segment and r["metric"] == "ndcg" and r["k"] == k]
        if not mine:
            continue
        users = max(r["users"] for r in mine)
        if segment != "all" and users < LEAST_PEOPLE:
            segments.append(Segment(segment, users, (), None))
            continue
        others = [r for r in mine if r["model"] != "fused"]
        best = max(others, key=lambda r: (r["value"], r["model"]))["model"] if others else None
        order = sorted(mine, key=lambda r: (r["model"] == "fused", r["model"] == best, r["model"]))
        dots = tuple((r["model"], role.get(r["model"], "model"), r["value"]) for r in order)
        segments.append(Segment(segment, users, dots, best))
    return tuple(segments)


def _ceiling(values: list[float]) -> float:
    """The next round number above all values (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten)."""
    top = max(values, default=0.0)
    if top <= 0:
        return 1.0
    power = 1.0
    while power > top:
        power /= 10
    steps = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
    return next(round(step * power, 12) for step in steps if step * power >= top * 1.02 or step == 10)
