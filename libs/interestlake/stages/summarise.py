"""The command summarise: titles, descriptions and summaries of every item, made of its own texts and replayed."""

from ..core.stage import Stage
from ..serving.summaries.command import NEEDED, write_summaries

SUMMARISE = Stage(
    name="summarise",
    summary="titles, descriptions and summaries of every item, replayed",
    reads=(*NEEDED, "silver.facts"),
    writes=("gold.summaries",),
    section="summarise",
    run=write_summaries,
)
