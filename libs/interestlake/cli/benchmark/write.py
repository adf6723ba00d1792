"""What a benchmark leaves: recommendations.parquet, metrics.json, and the table that it prints."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SHOWN = ("ndcg", "warm_ndcg", "map", "recall", "hit_rate", "mrr", "coverage", "novelty", "diversity", "fairness")


def write_recommendations(
    lists: Mapping[str, np.ndarray],
    scores: Mapping[str, np.ndarray],
    user_ids: np.ndarray,
    item_ids: np.ndarray,
    path: Path,
) -> int:
    """lists, scores: model -> (U, k) columns (-1 = none) and scores -> rows written of (user_id, item_id, rank, score,
    model), a row group per model."""
    written = 0
    schema = pa.schema(
        [
            ("user_id", pa.string()),
            ("item_id", pa.string()),
            ("rank", pa.int32()),
            ("score", pa.float64()),
            ("model", pa.string()),
        ]
    )
    # opened here: pyarrow takes a name with a colon for an address
    with open(path, "wb") as sink, pq.ParquetWriter(sink, schema) as file:
        for model, columns in lists.items():
            people, places = np.nonzero(columns >= 0)
            arrays = [
                user_ids[people],
                item_ids[columns[people, places]],
                places + 1,
                scores[model][people, places],
                np.full(len(people), model, object),
            ]
            arrays = [pa.array(values, field.type) for values, field in zip(arrays, schema, strict=True)]
            file.write_table(pa.Table.from_arrays(arrays, schema=schema))
            written += len(people)
    return written


def table_lines(models: Mapping[str, Mapping], k: int, head: str = "model") -> Sequence[str]:
    """model -> its metrics and cost -> lines, best nDCG first, * the best of a column.

    With another `head` the rows are groups of models: in place of the cost stands the best single model of each.
    """
    names = [name for name in SHOWN if any(f"{name}@{k}" in figures for figures in models.values())]
    best = {name: max(figures.get(f"{name}@{k}", -1.0) for figures in models.values()) for name in names}
    heads = [f"{name.replace('_', ' ')}@{k}" for name in names]
    costs = f"{'fit s':>9}{'predict s':>11}{'peak MB':>9}" if head == "model" else "  best model"
    lines = [f"{head:<14}" + "".join(f"{head:>14}" for head in heads) + costs]
    for model, figures in sorted(models.items(), key=lambda entry: -entry[1][f"ndcg@{k}"]):
        cells = ""
        for name in names:
            value = figures.get(f"{name}@{k}", float("nan"))
            cells += f"{value:>13.4f}" + ("*" if value == best[name] > 0 else " ")
        cost = f"  {figures['best_model']}" if head != "model" else _cost(figures)
        lines.append(f"{model:<14}{cells}{cost}")
    return lines


def _cost(figures: Mapping) -> str:
    return f"{figures['fit_seconds']:>9.1f}{figures['predict_seconds']:>11.1f}{figures['peak_bytes'] / 1e6:>9.0f}"


def ceiling_lines(ceiling: Mapping, k: int) -> Sequence[str]:
    """{"oracle": nDCG, "without <granularity>": {"validation", "ndcg"}, ...} -> lines for people."""
    lines = [f"a perfect choice of one model's list per person would reach ndcg@{k} {ceiling['oracle']:.4f}"]
    whole = ceiling.get("without none", {})
    for name, figures in ceiling.items():
        if name not in ("oracle", "without none"):
            lost = figures["ndcg"] / max(whole["ndcg"], 1e-12) - 1
            share = f"({lost:+.1%} of {whole['ndcg']:.4f}, weights alone)"
            lines.append(f"{name:<20} ndcg@{k} {figures['ndcg']:.4f} {share}")
    return lines
