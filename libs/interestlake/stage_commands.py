"""Commands that are one stage over a lake, beside the pipeline: their options, and what each hands to its stage."""

import argparse
import importlib

from .config import MEDIA, SUPPORT
from .media import arguments as media
from .support import arguments as support
from .trends import arguments as trends

# command -> the module and name of its stage, what prints its figures, whether a lake must be there
COMMANDS = {
    "embed-media": ("embed_media:EMBED_MEDIA", "media_table:media_table", True),
    "train-media": ("train_media:TRAIN_MEDIA", "media_table:media_table", True),
    "support": ("support:SUPPORT_DESK", "counts_table:counts_table", False),
    "trend": ("trend:TREND", "counts_table:counts_table", True),
}


def add_parsers(commands: argparse._SubParsersAction, common) -> None:
    """The parsers of COMMANDS; `common` adds the options that every command on a lake has."""
    media.add_parsers(commands, common)
    support.add_parser(commands, common)
    trends.add_parser(commands, common)


def overrides_of(arguments: argparse.Namespace) -> dict[str, object]:
    """Options that are parameters under a shorter name."""
    if arguments.command in media.COMMANDS:
        return media.overrides_of(arguments)
    return trends.overrides_of(arguments) if arguments.command == trends.COMMAND else {}


def source_and_inputs(arguments: argparse.Namespace) -> tuple[str | None, dict[str, str]]:
    """What a run of the command says it read: its source, and the paths by the option that names each."""
    if arguments.command == "embed-media":
        return MEDIA, {"--media": arguments.media}
    if arguments.command == support.COMMAND:
        return SUPPORT, dict(zip(("--tickets", "--articles", "--new"), support.inputs_of(arguments), strict=True))
    return None, {}


def run(spark, params, options, command: str) -> None:
    """Run the command's stage under the run's id and print its figures."""
    from .pipeline import run_stages
    from .stages.stage import expect_lake
    from .tables import Lake

    stage, printed, needs_lake = COMMANDS[command]
    stage, printed = _named("stages", stage), _named("reporting", printed)
    if needs_lake:  # before a run is noted where no lake is
        expect_lake(Lake(spark, options.lake))
    print(printed(run_stages(spark, (stage,), params, options)[stage.name]))


def _named(package: str, address: str):
    module, name = address.split(":")
    return getattr(importlib.import_module(f"interestlake.{package}.{module}"), name)
