"""The knowledge commands: each one stage over an existing lake."""

import argparse

from ...core.config import KNOWLEDGE as SOURCE
from ...knowledge.arguments import COMMANDS, add_parsers, overrides_of
from .group import Group


def _inputs_of(arguments: argparse.Namespace) -> tuple[str, list[tuple[str, str]]]:
    return SOURCE, [("--input", path) for path in getattr(arguments, "input", [])]


def _run(arguments, spark, params, options, log) -> None:
    from ...core.lake import Lake
    from ...core.pipeline import run_stages
    from ...core.stage import expect_lake
    from ...stages.knowledge import STAGES, closing_lines

    lake = Lake(spark, options.lake)
    stage = STAGES[arguments.command]
    expect_lake(lake, stage.reads, "interestlake run --until prepare")  # before a run is noted where no lake is
    figures = run_stages(spark, (stage,), params, options)[stage.name]
    for line in closing_lines(lake, stage, figures):
        print(line)


KNOWLEDGE = Group(COMMANDS, add_parsers, _run, overrides_of, _inputs_of)
