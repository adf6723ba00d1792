"""The picture of a calibration: how often the ten likeliest items held the answer, by how sure the model was."""

import numpy as np
from matplotlib.figure import Figure

from .calibrate import LISTED, Scored, Temperatures, bins_of, confidence_and_outcome


def reliability_figure(scored: Scored, temperatures: Temperatures) -> Figure:
    """Parts of as many held-out pairs each, at T = 1 and at `temperatures`; on the dotted line both agree."""
    figure = Figure(figsize=(4.2, 3.8), layout="constrained")
    axis, most = figure.subplots(), 0.0
    fitted = f"T = {temperatures.known:.2f}, {temperatures.stranger:.2f} without a history"
    for tried, colour, name in ((Temperatures(), "#bbbbbb", "T = 1"), (temperatures, "#3b5b92", fitted)):
        if not len(scored.rows):
            break
        outcomes = confidence_and_outcome(scored, scored.log_probabilities(tried), LISTED)
        sure, right, _ = np.array(bins_of(*outcomes)).T
        axis.plot(sure, right, marker="o", color=colour, label=name)
        most = max(most, sure.max(), right.max())
    axis.plot([0, most], [0, most], color="#999999", linestyle=":", linewidth=1)
    axis.set(xlabel=f"probability of the {LISTED} likeliest", ylabel="share of held-out pairs among them")
    axis.legend()
    return figure
