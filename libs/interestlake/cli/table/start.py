"""The command that most begin with."""

from .command import Command, Cut, Option
from .shared import CHOOSING, source

COMMANDS = (
    Command(
        "run", "start", "the whole pipeline, or a cut of it", "interestlake run --source sample --lake out/lake",
        Cut("stages.order:STAGES"),
        (
            *source(required=True),
            *CHOOSING,
            Option("--from", "first stage to run", metavar="STAGE"),
            Option("--until", "last stage to run", metavar="STAGE"),
        ),
    ),
)  # fmt: skip
