"""`interestlake embed-media`, `train-media`, `support` and `trend`: each one stage over a lake."""

import argparse
import importlib

from ...core.config import MEDIA, SUPPORT
from ...interests.trends import arguments as trends
from ...media import arguments as media
from ...serving.support_desk import arguments as support
from .group import Group

# command -> the module and name of its stage, what prints its figures, whether a lake must be there
COMMANDS = {
    "embed-media": ("embed_media:EMBED_MEDIA", "media_table:media_table", True),
    "train-media": ("train_media:TRAIN_MEDIA", "media_table:media_table", True),
    "support": ("support:SUPPORT_DESK", "counts_table:counts_table", False),
    "trend": ("trend:TREND", "counts_table:counts_table", True),
}


def _add_parsers(commands: argparse._SubParsersAction, common) -> None:
    """The parsers of COMMANDS; `common` adds the options that every command on a lake has."""
    media.add_parsers(commands, common)
    support.add_parser(commands, common)
    trends.add_parser(commands, common)


def _overrides_of(arguments: argparse.Namespace) -> dict[str, object]:
    """Options that are parameters under a shorter name."""
    if arguments.command in media.COMMANDS:
        return media.overrides_of(arguments)
    return trends.overrides_of(arguments) if arguments.command == trends.COMMAND else {}


def _inputs_of(arguments: argparse.Namespace) -> tuple[str | None, list[tuple[str, str]]]:
    if arguments.command == "embed-media":
        return MEDIA, [("--media", arguments.media)]
    if arguments.command == support.COMMAND:
        options = ("--tickets", "--articles", "--new")
        return SUPPORT, list(zip(options, support.inputs_of(arguments), strict=True))
    return None, []


def _run(arguments, spark, params, options, log) -> None:
    from ...core.lake import Lake
    from ...core.pipeline import run_stages
    from ...core.stage import expect_lake

    stage, printed, needs_lake = COMMANDS[arguments.command]
    stage, printed = _named("stages", stage), _named("reporting", printed)
    if needs_lake:  # before a run is noted where no lake is
        expect_lake(Lake(spark, options.lake))
    print(printed(run_stages(spark, (stage,), params, options)[stage.name]))


def _named(package: str, address: str):
    module, name = address.split(":")
    return getattr(importlib.import_module(f"interestlake.{package}.{module}"), name)


DOMAINS = Group(tuple(COMMANDS), _add_parsers, _run, _overrides_of, _inputs_of)
