"""Every command of `interestlake`, once: name, help, example, options, and what runs it. Nothing slow is imported."""

from . import benchmark, decisions, knowledge, models, operations, person, start, texts
from .command import Command

# the groups in the order of the help page, each with what it is about
GROUPS = {
    "start": "from files to lists, and what a benchmark says of them",
    "one person": "what is known of somebody, what follows from it, and their say in it",
    "knowledge": "facts in, found, linked, ranked by, and out",
    "texts": "topics, feelings and summaries of them, encoders tuned on them; pictures and sounds",
    "models": "which there are, what they are worth, and moving them",
    "operations": "one stage of a run at a time, a run taken back, a lake kept up",
}
COMMANDS: tuple[Command, ...] = (
    *start.COMMANDS, *benchmark.COMMANDS, *person.COMMANDS, *knowledge.COMMANDS, *texts.COMMANDS, *models.COMMANDS,
    *decisions.COMMANDS, *operations.COMMANDS,
)  # fmt: skip
# a stage may be called by its name in tables and code too: build-graph is build_graph
BY_NAME = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}

__all__ = ["BY_NAME", "COMMANDS", "GROUPS", "Command"]
