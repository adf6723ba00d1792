"""The command table -> argparse: options, the help page by groups, and what an unknown command is told."""

import argparse
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches

from .. import __version__
from .table import BY_NAME, COMMANDS, GROUPS, Command
from .table.command import Option
from .table.shared import ON_LAKE

ABOUT = "Interest graphs, profiles and explained recommendations on Spark."


class Parser(argparse.ArgumentParser):
    """The parser of `interestlake` itself: its help page is the table by groups, each command with one example."""

    def format_help(self) -> str:
        lines = ["usage: interestlake COMMAND [options]", "", ABOUT]
        width = max(len(command.name) for command in COMMANDS)
        for group, about in GROUPS.items():
            lines += ["", f"{group}: {about}"]
            for command in (one for one in COMMANDS if one.group == group):
                lines += [f"  {command.name:<{width}}  {command.help}", f"  {'':<{width}}    {command.example}"]
        lines += ["", "interestlake COMMAND --help lists its options; --version prints the version", ""]
        return "\n".join(lines)

    def parse_args(self, args: Sequence[str] | None = None, namespace=None) -> argparse.Namespace:
        """As argparse; a command that is none ends with 2 and names the nearest one that there is."""
        given = sys.argv[1:] if args is None else args
        asked = next((word for word in given if not word.startswith("-")), None)
        if asked is not None and asked not in BY_NAME:
            self.error(unknown(asked))
        return super().parse_args(args, namespace)


def unknown(name: str) -> str:
    """What somebody is told who asked for a command that there is not."""
    near = get_close_matches(name.replace("_", "-"), [command.name for command in COMMANDS], 1, 0.5)
    return f"unknown command {name!r}" + (f"; did you mean {near[0]}?" if near else "; interestlake --help lists them")


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command. argparse itself ends with 2 on arguments it does not know."""
    parser = Parser(prog="interestlake", description=ABOUT)
    parser.add_argument("--version", action="version", version=f"interestlake {__version__}")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=argparse.ArgumentParser
    )
    for command in COMMANDS:
        own = commands.add_parser(
            command.name, aliases=command.aliases, help=command.help, description=command.help,
            epilog=f"example: {command.example}",
        )  # fmt: skip
        _add_options(own, command)
    return parser


def _add_options(parser: argparse.ArgumentParser, command: Command) -> None:
    options = (*ON_LAKE, *command.options) if command.on_lake else command.options
    exclusive = {}
    for word in dict.fromkeys(option.one_of for option in options if option.one_of):
        needed = any(option.required for option in options if option.one_of == word)
        exclusive[word] = parser.add_mutually_exclusive_group(required=needed)
    for option in options:
        exclusive.get(option.one_of, parser).add_argument(option.flag, **_settings(option))


def _settings(option: Option) -> dict[str, object]:
    """Of argparse's add_argument."""
    if option.kind is bool:  # a switch for a parameter leaves it as configured where it is not given
        return {"action": "store_const", "const": True, "default": None if option.sets else False, "help": option.help}
    settings: dict[str, object] = {"type": option.kind, "help": option.help, "metavar": option.metavar}
    if option.flag.startswith("-"):
        settings["required"] = option.required and not option.one_of
    if option.choices:
        settings["choices"] = option.choices
        del settings["metavar"]
    if option.repeat and option.file:  # one flag or several: --input A B, --input A --input B
        return {**settings, "action": "extend", "nargs": "+", "default": None if option.required else []}
    if option.repeat:
        return {**settings, "action": "append", "default": None if option.required else []}
    default = option.default
    return {**settings, "default": os.environ.get(option.environment, default) if option.environment else default}
