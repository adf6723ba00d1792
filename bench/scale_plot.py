"""One picture of the growth: seconds and edges against events, both axes logarithmic, with a line of slope 1."""

from collections.abc import Mapping, Sequence
from pathlib import Path

STYLES = {"Spark": ("o", "-"), "one-machine": ("s", "--")}
COLOURS = {"co-occurrence": "#0b6e4f", "item-kNN": "#0b6e4f", "transitions": "#c1440e", "ALS": "#2b4c9b"}
PANELS = (("seconds", "seconds of the fit"), ("edges", "edges kept (ALS: vectors)"))


def draw(rows: Sequence[Mapping], path: Path) -> None:
    """rows(model, events, seconds, edges, ...) -> a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(12, 5.4), constrained_layout=True)
    models = list(dict.fromkeys(row["model"] for row in rows))
    events = sorted({row["events"] for row in rows})
    for axis, (field, title) in zip(axes, PANELS, strict=True):
        for model in models:
            mine = sorted((row["events"], row[field]) for row in rows if row["model"] == model)
            where, _, what = model.partition(" ")
            marker, dashes = STYLES[where]
            style = {"marker": marker, "linestyle": dashes, "color": COLOURS[what], "lw": 1.8}
            axis.plot(*zip(*mine, strict=True), label=model, **style)
        lowest = 0.5 * min(row[field] for row in rows)
        guide = [lowest * event / events[0] for event in events]
        axis.plot(events, guide, color="0.55", linestyle=":", lw=1.5, label="slope 1: linear in events")
        axis.set(xscale="log", yscale="log", xlabel="events", ylabel=title, title=title)
        axis.grid(True, which="major", color="0.9")
        axis.spines[["top", "right"]].set_visible(False)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)
