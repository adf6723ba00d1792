"""The commands explain and check-reasons: reasons of every list, replayed and weighed."""

from ..core.stage import Stage
from ..recommending.explaining.command import NEEDED, OPTIONAL, check_reasons, write_reasons

EXPLAIN = Stage(
    name="explain",
    summary="structured reasons of every list",
    reads=(*NEEDED, *OPTIONAL),
    writes=("gold.reasons",),
    section="explain",
    run=write_reasons,
)
CHECK_REASONS = Stage(
    name="check_reasons",
    summary="every reason replayed against the tables; lists scored without them",
    reads=(*NEEDED, *OPTIONAL, "gold.reasons"),
    writes=("gold.counterfactuals",),
    section="explain",
    run=check_reasons,
)
