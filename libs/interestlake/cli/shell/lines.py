"""A line of the prompt -> the command and its options, those of the command line without the lake's."""

import argparse
import shlex
from collections.abc import Sequence
from typing import NoReturn, TextIO

from ...core.errors import BadInput
from ..table import BY_NAME
from ..table.command import Option

MOST_CHARACTERS = 10_000  # of a line; a request has at most 2,000
NAMES = ("who", "list", "ask", "profile", "explain")
# what belongs to the shell itself, to a page, or to another way of answering
NOT_HERE = {"--lake", "--conf", "--profile", "--set", "--intents", "--tagger", "--max-gigabytes", "--tracking-uri",
            "--serve", "--port", "--text", "--apart"}  # fmt: skip
# the options that words without a flag stand for, in their order
BARE = {"who": ("--like",), "list": ("--user",), "profile": ("--user",), "explain": ("--user", "--item")}


class BoundedLines:
    """A text stream of which a line gives at most one character more than MOST_CHARACTERS; its rest is dropped."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def readline(self) -> str:
        line = self._stream.readline(MOST_CHARACTERS + 1)
        rest = line
        while len(rest) > MOST_CHARACTERS and not rest.endswith("\n"):
            rest = self._stream.readline(MOST_CHARACTERS + 1)
        return line


def expect_length(line: str) -> None:
    """Raises BadInput for a line of more than MOST_CHARACTERS."""
    if len(line) > MOST_CHARACTERS:
        raise BadInput.of("line", found=f"more than {MOST_CHARACTERS:,} characters",
                          expected=f"at most {MOST_CHARACTERS:,}", where="the line")  # fmt: skip


class LineParser(argparse.ArgumentParser):
    """Faults are BadInput, and nothing ends the process."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{self.prog}: {message}; `help {self.prog}` shows its options")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise BadInput(message or f"`help {self.prog}` shows its options")


def options_of(name: str) -> list[Option]:
    """The options that a command has at the prompt."""
    return [option for option in BY_NAME[name].options if option.flag not in NOT_HERE]


def parser_of(name: str) -> LineParser:
    """The parser of one command's line."""
    bare = " ".join(f"[{flag.lstrip('-').upper()}]" for flag in BARE.get(name, ())) or "REQUEST"
    parser = LineParser(prog=name, description=BY_NAME[name].help, add_help=False, allow_abbrev=False,
                        usage=f"{name} {bare} [options]")  # fmt: skip
    for option in options_of(name):
        if not option.flag.startswith("-"):
            continue
        if option.kind is bool:
            parser.add_argument(option.flag, action="store_true", help=option.help)
        else:
            parser.add_argument(option.flag, type=option.kind, default=option.default, metavar=option.metavar,
                                help=option.help)  # fmt: skip
    parser.add_argument("words", nargs="*", help=argparse.SUPPRESS)
    return parser


def words_of(line: str) -> list[str]:
    """A line's words; double quotes hold several together, everything else stands for itself.

    Raises BadInput for a quote that is not closed.
    """
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = True, '"', "", ""
    try:
        return list(lexer)
    except ValueError as fault:
        raise BadInput.of("line", found="a double quote that is not closed", expected='pairs of "', where="the line") from fault  # fmt: skip # noqa: E501


def read_line(name: str, words: Sequence[str]) -> argparse.Namespace:
    """The options of a line; words without a flag stand for those of BARE, for `ask` they are the request.

    Raises BadInput for what the command does not take.
    """
    asked = parser_of(name).parse_intermixed_args(list(words))
    if name == "ask":
        asked.request = " ".join(asked.words)
        return asked
    bare = BARE[name]
    given = [" ".join(asked.words)] if name == "who" and asked.words else asked.words
    for flag, word in zip(bare, given, strict=False):
        option = flag.lstrip("-")
        if getattr(asked, option) is not None:
            raise BadInput.of(name, found=f"{word!r} beside {flag}", expected=f"one {option}", where="the line")
        setattr(asked, option, word)
    if len(given) > len(bare):
        raise BadInput.of(name, found=" ".join(given[len(bare) :]), expected=f"at most {' and '.join(bare)}",
                          where="the line")  # fmt: skip
    if "--user" in bare and not asked.user and not (name == "explain" and asked.item):
        raise BadInput.of(name, found="no user", expected=f"`{name} USER` (who lists people)", where="the line")
    return asked
