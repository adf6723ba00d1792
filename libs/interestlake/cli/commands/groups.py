"""Every group of commands over a finished lake."""

from ...recommending.explaining.arguments import COMMANDS as EXPLAINING
from ...recommending.explaining.arguments import add_parsers as add_explaining_parsers
from ...serving.person_page.arguments import COMMANDS as SELFSERVICE
from ...serving.person_page.arguments import add_parsers as add_selfservice_parsers
from ...serving.summaries.arguments import COMMANDS as SUMMARISING
from ...serving.summaries.arguments import add_parsers as add_summarising_parsers
from ..exploring import arguments as exploring
from .domains import DOMAINS
from .findings import FINDINGS
from .group import Group
from .knowledge import KNOWLEDGE
from .refit import REFIT


def _run_of(package: str):
    """`run` of a package's command module, loaded when it is called."""

    def run(arguments, spark, params, options, log) -> None:
        from importlib import import_module

        import_module(f"interestlake.{package}.command").run(arguments, spark, params, options, log)

    return run


GROUPS = (
    REFIT,
    FINDINGS,
    DOMAINS,
    KNOWLEDGE,
    Group(exploring.COMMANDS, exploring.add_parsers, _run_of("cli.exploring"), exploring.chosen),
    Group(SELFSERVICE, add_selfservice_parsers, _run_of("serving.person_page")),
    Group(EXPLAINING, add_explaining_parsers, _run_of("recommending.explaining")),
    Group(SUMMARISING, add_summarising_parsers, _run_of("serving.summaries")),
)
# command -> its group
GROUP_OF = {command: group for group in GROUPS for command in group.commands}
