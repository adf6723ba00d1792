"""One picture of the growth: seconds and memory of every stage against events, with a line of slope 1."""

from collections.abc import Sequence
from pathlib import Path


def draw(rows: Sequence[dict], path: Path) -> None:
    """rows(stage, events, seconds, driver, jvm, workers) -> a PNG."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 5.4), constrained_layout=True)
    stages = list(dict.fromkeys(row["stage"] for row in rows))
    colours = pyplot.get_cmap("tab20", max(len(stages), 1))
    events = sorted({row["events"] for row in rows})
    for number, stage in enumerate(stages):
        mine = sorted((row["events"], max(row["seconds"], 0.1)) for row in rows if row["stage"] == stage)
        left.plot(*zip(*mine, strict=True), label=stage, color=colours(number), marker="o", lw=1.6)
    least = min((row["seconds"] for row in rows if row["seconds"] > 0), default=1.0)
    left.plot(events, [least * size / events[0] for size in events], color="0.55", ls=":", label="slope 1")
    for kind, colour in (("driver", "#0b6e4f"), ("jvm", "#c1440e"), ("workers", "#2b4c9b")):
        peaks = [max(row[kind] for row in rows if row["events"] == size) / 1e9 for size in events]
        right.plot(events, peaks, color=colour, marker="o", lw=1.8, label=kind)
    left.set(xscale="log", yscale="log", xlabel="events", ylabel="seconds", title="seconds of each stage")
    right.set(
        xscale="log", xlabel="events", ylabel="GB", title="largest memory of each kind of process", ylim=(0, None)
    )
    for axis in (left, right):
        axis.grid(True, which="major", color="0.9")
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(frameon=False, fontsize=8, ncols=2)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)
