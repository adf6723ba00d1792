"""`interestlake topics`, `sentiment` and `entities`: each one stage over a finished lake."""

import argparse
import importlib
from dataclasses import dataclass

from ...core.config import parse_override
from .group import Group


@dataclass(frozen=True)
class Option:
    """A flag that stands for one parameter."""

    flag: str
    parameter: str
    meaning: str
    required: bool = False


@dataclass(frozen=True)
class LakeCommand:
    """stage, table: names in `module`, a Stage and lake -> lines to print; options: flags for its parameters."""

    module: str
    stage: str
    table: str
    help: str
    options: tuple[Option, ...]


COMMANDS = {
    "topics": LakeCommand(
        "topics", "TOPICS", "topics_table", "LDA and clusters of vectors, named and judged by NPMI",
        (Option("--k", "topics.k", "topics of each method (default: as many as the lake's LDA)"),),
    ),
    "sentiment": LakeCommand(
        "sentiment", "SENTIMENT", "sentiment_table", "polarity of texts and mentions, trends, alarms with evidence",
        (Option("--model", "sentiment.model", "--out of train-sentiment (default: the Spark NLP tier)"),
         Option("--window-days", "sentiment.window_days", "length of a window that may raise an alarm"),),
    ),
    "entities": LakeCommand(
        "entities", "ENTITIES_STAGE", "entities_table", "entities of a trained tagger as nodes beside the interests",
        (Option("--tagger", "entities.model", "--out of train-tagger", required=True),),
    ),
}  # fmt: skip


def _add_parsers(commands: argparse._SubParsersAction, common) -> None:
    for name, command in COMMANDS.items():
        parser = commands.add_parser(name, help=command.help)
        common(parser)
        for option in command.options:
            parser.add_argument(option.flag, required=option.required, metavar="X", help=option.meaning)


def _overrides_of(arguments: argparse.Namespace) -> dict[str, object]:
    found = {}
    for option in COMMANDS[arguments.command].options:
        value = getattr(arguments, option.flag.removeprefix("--").replace("-", "_"))
        if value is not None:
            found.update([parse_override(f"{option.parameter}={value}")])
    return found


def _run(arguments, spark, params, options, log) -> None:
    from ...core.lake import Lake
    from ...core.pipeline import run_stages
    from ...core.stage import expect_lake

    command = COMMANDS[arguments.command]
    module = importlib.import_module(f"interestlake.stages.{command.module}")
    lake, stage = Lake(spark, options.lake), getattr(module, command.stage)
    # before a run is noted where no lake is
    expect_lake(lake, stage.reads, "interestlake run --until build_interests")
    run_stages(spark, (stage,), params, options)
    print(getattr(module, command.table)(lake))


FINDINGS = Group(tuple(COMMANDS), _add_parsers, _run, _overrides_of)
