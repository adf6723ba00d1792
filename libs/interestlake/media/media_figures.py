"""The picture of what is left when modalities are missing."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

COLOURS = ("#b2552f", "#5c8a3a", "#7a5aa6")


def dropping_figure(figures: Mapping[str, float], names: Sequence[str], shares: Sequence[float]) -> Figure:
    """nDCG@10 of the fused model by the chance that a modality is missing, one panel a trial; each alone as a line."""
    trials = [key.split(".")[1] for key in figures if key.startswith("fused.") and key.endswith(".ndcg_10")]
    figure = Figure(figsize=(1 + 3.2 * max(1, len(trials)), 3), layout="constrained")
    axes = figure.subplots(1, max(1, len(trials)), squeeze=False, sharey=True)[0]
    for axis, trial in zip(axes, trials, strict=False):
        points = [("fused", 0.0), *((f"dropped_{share:g}", share) for share in shares)]
        heights = [figures[f"{label}.{trial}.ndcg_10"] for label, _ in points]
        axis.plot([share for _, share in points], heights, marker="o", color="#3b5b92", label="fused")
        for name, colour in zip(names, COLOURS, strict=False):
            if f"{name}.{trial}.ndcg_10" in figures:
                axis.axhline(figures[f"{name}.{trial}.ndcg_10"], color=colour, linestyle="--", linewidth=1, label=name)
        axis.set(title=trial.replace("_", " "), xlabel="chance that a modality is missing", ylim=(0, None))
        axis.legend(fontsize=7)
    axes[0].set_ylabel("nDCG@10")
    return figure
