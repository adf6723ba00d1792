"""The command table -> argparse: options, the help page by groups, and what an unknown word is told."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from .. import __version__
from ..core.errors import nearest
from .table import BY_NAME, COMMANDS, GROUPS, Command
from .table.command import OneOf, Option
from .table.shared import LAKE, ON_LAKE, SHARED

ABOUT = "Interest graphs, profiles and explained recommendations on Spark."
FIRST_STEPS = "first steps: interestlake doctor, then interestlake run --source sample --lake out/lake --quick"


class Parser(argparse.ArgumentParser):
    """A parser whose faults are one message each, without the usage lines of argparse; options are written out."""

    def __init__(self, *args: Any, **kwargs: Any):
        # what names a person is known by its option, whole
        super().__init__(*args, **{**kwargs, "allow_abbrev": False})

    def error(self, message: str) -> NoReturn:
        """End with exit code 2 and the message."""
        hint = "" if "did you mean" in message else f"\n{self.prog} --help lists what there is"
        self.exit(2, f"error: {message}{hint}\n")


class TopParser(Parser):
    """The parser of `interestlake` itself: its help page is the table by groups, each command with one example."""

    def format_help(self) -> str:
        lines = ["usage: interestlake COMMAND [options]", "", ABOUT, FIRST_STEPS]
        width = max(len(command.name) for command in COMMANDS)
        for group, about in GROUPS.items():
            lines += ["", f"{group}: {about}"]
            for command in (one for one in COMMANDS if one.group == group):
                lines += [f"  {command.name:<{width}}  {command.help}", f"  {'':<{width}}    {command.example}"]
        lines += ["", "interestlake COMMAND --help lists its options; --version prints the version"]
        lines += ["-q prints warnings and results alone; -v adds times, details and the traceback of a fault", ""]
        return "\n".join(lines)

    # argparse overloads it by the kind of namespace
    def parse_args(  # pyrefly: ignore[bad-override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> argparse.Namespace:
        """As argparse; a command or option that is none ends with 2 and names the nearest one that there is."""
        given = list(sys.argv[1:] if args is None else args)
        bare = next((word for word in given if word.startswith("--") and word.endswith("=--")), None)
        if bare:  # argparse makes a list of it
            self.error(f"option {bare[:-3]}: found '--'; expected a value")
        if not given:
            self.exit(2, self.format_help())
        if given[0] == "help":
            given = [*given[1:2], "--help"]
        place = next((place for place, word in enumerate(given) if not word.startswith("-")), len(given))
        if place < len(given):
            if given[place] not in BY_NAME:
                self.error(unknown(given[place]))
            command = BY_NAME[given[place]]
            self._expect_options(given[place + 1 :], command)
        arguments, more = self.parse_known_args(given, namespace)
        if more:
            self.error(too_many(BY_NAME[arguments.command], arguments, more))
        needed = BY_NAME[arguments.command].any_of
        if needed and not any(getattr(arguments, name) for name in needed):
            flags = " or ".join(f"--{name.replace('_', '-')}" for name in needed)
            self.error(f"{arguments.command}: found nothing to do; expected {flags}")
        return arguments

    def _expect_options(self, words: Sequence[str], command: Command) -> None:
        # before argparse, which would rather say that the option which was meant is missing
        flags = [option.flag for option in options_of_command(command)] + ["--help", "--quiet", "--verbose"]
        for word in words[: words.index("--")] if "--" in words else words:
            flag = word.split("=")[0]
            if word.startswith("--") and not any(one.startswith(flag) for one in flags):
                self.error(f"{command.name} has no option {flag}{nearest(flag, flags)}")


def unknown(name: str) -> str:
    """What somebody is told who asked for a command that there is not."""
    near = nearest(name.replace("_", "-"), [command.name for command in COMMANDS], 0.5)
    return f"unknown command {name!r}{near}"


def too_many(command: Command, arguments: argparse.Namespace, more: Sequence[str]) -> str:
    """What is said of words that no option takes: most often a text that lost its quotes."""
    bare = next((option for option in command.options if not option.flag.startswith("-")), None)
    words = [word for word in more if not word.startswith("-")]
    if bare is None or len(words) < len(more):
        return f"unrecognized arguments: {' '.join(more)}"
    first = getattr(arguments, bare.name)
    whole = " ".join([first, *words])
    return f'{command.name}: found {len(words) + 1} words; expected one {bare.name}, in quotes: "{whole}"'


def options_of_command(command: Command) -> tuple[Option, ...]:
    """Every option that a command takes: its own, then those that it shares with others."""
    own = command.options
    options = (LAKE, *own, *(one for one in ON_LAKE if one is not LAKE)) if command.on_lake else own
    return tuple(sorted(options, key=lambda option: option.flag in SHARED))


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = TopParser(prog="interestlake", description=ABOUT)
    parser.add_argument("--version", action="version", version=f"interestlake {__version__}")
    _add_volume(parser, False)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=Parser)
    for command in COMMANDS:
        options = options_of_command(command)
        needed = [_shown(option) for option in options if option.always]
        own = commands.add_parser(
            command.name, aliases=command.aliases, help=command.help, description=command.help, add_help=False,
            epilog=f"example: {command.example}", usage=" ".join(["%(prog)s", *needed, "[options]"]),
        )  # fmt: skip
        _add_options(own, options)
    return parser


def _add_options(parser: argparse.ArgumentParser, options: Sequence[Option]) -> None:
    shared = parser.add_argument_group("shared with other commands")
    exclusive = {}
    for word in dict.fromkeys(option.one_of for option in options if option.one_of):
        needed = any(option.required for option in options if option.one_of == word)
        exclusive[word] = parser.add_mutually_exclusive_group(required=needed)
    for option in options:
        group = exclusive.get(option.one_of or "", shared if option.flag in SHARED else parser)
        group.add_argument(option.flag, **_settings(option))
    # a value that the parser of `interestlake` has read stays where it is not given again
    _add_volume(shared, argparse.SUPPRESS)
    shared.add_argument("-h", "--help", action="help", help="print this page")


def _add_volume(parser: Any, default: object) -> None:
    parser.add_argument("-q", "--quiet", action="store_true", default=default, help="warnings and results alone")
    parser.add_argument("-v", "--verbose", action="store_true", default=default,
                        help="times, details, and the traceback of a fault")  # fmt: skip


def _shown(option: Option) -> str:
    value = option.metavar or option.name.upper()
    return f"{option.flag} {value}" if option.flag.startswith("-") else value


def _settings(option: Option) -> dict[str, Any]:
    """Of argparse's add_argument."""
    if option.kind is bool:  # a switch for a parameter leaves it as configured where it is not given
        return {"action": "store_const", "const": True, "default": None if option.sets else False, "help": option.help}
    settings: dict[str, Any] = {"type": option.kind, "help": option.help, "metavar": option.metavar}
    if option.flag.startswith("-"):
        settings["required"] = option.required and not option.one_of
    if option.choices:
        settings |= {"type": OneOf(option.choices), "metavar": f"{{{','.join(option.choices)}}}"}
    if option.repeat and option.file:  # one flag or several: --input A B, --input A --input B
        return {**settings, "action": "extend", "nargs": "+", "default": None if option.required else []}
    if option.repeat:
        return {**settings, "action": "append", "default": None if option.required else []}
    default = option.default
    return {**settings, "default": os.environ.get(option.environment, default) if option.environment else default}
