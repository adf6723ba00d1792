"""A picture of how the models of a run compare, for MLflow."""

from collections.abc import Mapping

from matplotlib.figure import Figure

ACCENT, PLAIN = "#0b7a75", "#b8c4c8"


def models_figure(figures: Mapping[str, float], named: str) -> Figure:
    """{"<model>.<metric>": value} -> bars, the best on top, the fused list in a colour of its own; named: the axis."""
    rows = sorted((value, key.split(".")[0]) for key, value in figures.items())
    figure = Figure(figsize=(8, 1 + 0.3 * len(rows)), layout="constrained")
    axes = figure.subplots()
    values, models = [value for value, _ in rows], [model for _, model in rows]
    bars = axes.barh(models, values, color=[ACCENT if model == "fused" else PLAIN for model in models])
    axes.bar_label(bars, labels=[f"{value:.4f}" for value in values], padding=3)
    axes.set_xlabel(f"{named} on the test split, people who have something to find there")
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.12)
    return figure
