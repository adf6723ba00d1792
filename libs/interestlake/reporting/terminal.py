"""What a run prints: the models' figures, within 100 columns."""

from collections.abc import Iterable, Mapping

from ..core.counted import counted
from .wording import clipped, metric_label, model_label

SHOWN = ("ndcg", "map", "recall", "hit_rate", "coverage")


def metrics_table(
    rows: Iterable[Mapping], k: int = 10, shares: Mapping[str, float] | None = None, pairs: str = "test split"
) -> str:
    """Rows of gold.metrics -> models by nDCG, MAP, recall, hit rate and coverage at `k`, best first, `*` at the best.

    Rows of segment "all" and split "test" count. Where no row has `k`, the longest list length at hand is shown. Equal
    nDCG is ordered by model name. A figure that is missing is "-". shares: model -> its part of the fused score, as a
    column of its own; pairs: what the test split is. No rows: one line that says so.
    """
    figures = [row for row in rows if row["segment"] == "all" and row["split"] == "test"]
    if not figures:
        return "no test figures"
    lengths = {row["k"] for row in figures}
    k = k if k in lengths else max(lengths)
    values = {(row["model"], row["metric"]): row["value"] for row in figures if row["k"] == k}
    users = max((row["users"] for row in figures if row["k"] == k), default=0)
    order = sorted({model for model, _ in values}, key=lambda m: (-values.get((m, "ndcg"), -1.0), m))
    best = {metric: max((v for (_, m), v in values.items() if m == metric), default=None) for metric in SHOWN}
    heads = [f"{metric_label(metric)}@{k}" for metric in SHOWN]
    lines = [f"{pairs}, {counted(users, 'person', 'people')}, best first, * best of its column"]
    share = "" if shares is None else f"{'share':>8}"
    lines.append(f"{'model':<16}{share}" + "".join(f"{head:>14}" for head in heads))
    for model in order:
        cells = (_cell(values.get((model, metric)), best[metric]) for metric in SHOWN)
        share = "" if shares is None else f"{_share(shares.get(model)):>8}"
        lines.append(f"{model_label(model)[:15]:<16}{share}" + "".join(f"{cell:>14}" for cell in cells))
    error = max((row.get("error") or 0.0 for row in figures if (row["metric"], row["k"]) == ("ndcg", k)), default=0.0)
    if error:
        lines.append(f"standard error of {heads[0]}: {error:.4f} or less")
    # the column of stars hangs to the right of the figures
    return "\n".join(line.rstrip() for line in lines)


def left_out_lines(rows: Iterable[Mapping]) -> list[str]:
    """Rows of models.chosen -> a line for each model that took no part, with why, within 100 columns."""
    gone = sorted((row["model"], row["left_out"]) for row in rows if row["left_out"])
    return [f"left out: {model_label(model)[:15]:<16}{clipped(why, 72)}" for model, why in gone]


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _cell(value: float | None, best: float | None) -> str:
    if value is None:
        return "- "
    return f"{value:.4f}{'*' if value == best else ' '}"
