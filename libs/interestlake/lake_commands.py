"""Commands over a finished lake that the pipeline does not run: topics, sentiment, entities. Imports nothing slow."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass


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


def add_parsers(commands: argparse._SubParsersAction, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """One parser a command, with the options that every stage has."""
    for name, command in COMMANDS.items():
        parser = commands.add_parser(name, help=command.help)
        common(parser)
        for option in command.options:
            parser.add_argument(option.flag, required=option.required, metavar="X", help=option.meaning)


def overrides_of(arguments: argparse.Namespace) -> list[str]:
    """The flags given, as SECTION.NAME=VALUE."""
    found = []
    for option in COMMANDS[arguments.command].options:
        value = getattr(arguments, option.flag.removeprefix("--").replace("-", "_"))
        if value is not None:
            found.append(f"{option.parameter}={value}")
    return found
