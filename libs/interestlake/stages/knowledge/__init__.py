"""The knowledge commands: each one stage over an existing lake, outside the default pipeline."""

from ...core.lake import Lake
from ...core.stage import Stage
from ...knowledge import arguments as commands
from .export import KNOWLEDGE_EXPORT
from .link import KNOWLEDGE_LINK
from .load import KNOWLEDGE_LOAD
from .mine import KNOWLEDGE_MINE
from .rank import KNOWLEDGE_RANK
from .verbalise import KNOWLEDGE_VERBALISE

STAGES = {
    commands.LOAD: KNOWLEDGE_LOAD,
    commands.EXPORT: KNOWLEDGE_EXPORT,
    commands.LINK: KNOWLEDGE_LINK,
    commands.MINE: KNOWLEDGE_MINE,
    commands.VERBALISE: KNOWLEDGE_VERBALISE,
    commands.RANK: KNOWLEDGE_RANK,
}


def closing_lines(lake: Lake, stage: Stage, figures: dict[str, float]) -> list[str]:
    """What the command prints at its end: each figure, then where its tables are."""
    lines = [f"{name.replace('_', ' '):<28}{value:>14,.4g}" if value % 1 else
             f"{name.replace('_', ' '):<28}{value:>14,.0f}" for name, value in figures.items()]
    return [*lines, *(f"{'table':<28}{lake.path(name)}" for name in stage.writes if lake.exists(name))]
