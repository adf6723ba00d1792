"""The commands that most begin with."""

from .command import Command, Cut, OnFiles, Option
from .shared import CHOOSING, CONF, PROFILE, SET, TRACKING_OR_NONE, source

COMMANDS = (
    Command(
        "doctor", "start", "what a start of Spark and a lake need, looked at without Spark, each with its fix",
        "interestlake doctor --lake out/lake", OnFiles("cli.doctor.command:doctor"),
        (
            Option("--lake", "a lake to look at too, also one that is not made yet"),
            CONF, PROFILE, SET, TRACKING_OR_NONE,
        ),
    ),
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
