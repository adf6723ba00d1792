"""The picture of a training: loss and validation nDCG by epoch."""

from matplotlib.figure import Figure

from .loop import History


def loss_figure(history: History) -> Figure:
    """Two panels over the epochs; the epoch that was kept is marked."""
    figure = Figure(figsize=(8, 3), layout="constrained")
    epochs = range(1, len(history.loss) + 1)
    panels = figure.subplots(1, 2)
    for axis, values, title in zip(
        panels, (history.loss, history.validation_ndcg), ("training loss", "validation nDCG"), strict=True
    ):
        axis.plot(epochs, values, marker="o", color="#3b5b92")
        axis.axvline(history.best_epoch, color="#999999", linestyle=":", linewidth=1)
        axis.set(title=title, xlabel="epoch")
    return figure
