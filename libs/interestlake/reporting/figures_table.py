"""What a stage measured and where its tables are, for a terminal."""

from collections.abc import Mapping

from ..core.lake import Lake
from ..core.stage import Stage


def figures_table(lake: Lake, stage: Stage, figures: Mapping[str, float]) -> str:
    """A line per figure, then one per table that the stage writes and the lake has."""
    lines = [
        f"{name.replace('_', ' '):<28}{value:>14,.4g}" if value % 1 else f"{name.replace('_', ' '):<28}{value:>14,.0f}"
        for name, value in figures.items()
    ]
    return "\n".join([*lines, *(f"{'table':<28}{lake.path(name)}" for name in stage.writes if lake.exists(name))])
