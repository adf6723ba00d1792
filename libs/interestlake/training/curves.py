"""The picture of a training: loss and validation nDCG by step."""

from matplotlib.figure import Figure

from .loop import History


def loss_figure(history: History) -> Figure:
    """Two panels over the steps; the look whose weights were kept is marked."""
    figure = Figure(figsize=(8, 3), layout="constrained")
    panels = figure.subplots(1, 2)
    for axis, values, title in zip(
        panels, (history.loss, history.validation_ndcg), ("training loss", "validation nDCG"), strict=True
    ):
        axis.plot(history.steps, values, marker="o", color="#3b5b92")
        if history.best_epoch:
            best = history.steps[history.epochs.index(history.best_epoch)]
            axis.axvline(best, color="#999999", linestyle=":", linewidth=1)
        axis.set(title=title, xlabel="step")
    return figure
