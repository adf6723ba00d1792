"""The prompt itself: lines in, answers out; help, completion, and what is said of a line that cannot be answered."""

import cmd
import logging
from difflib import get_close_matches
from typing import Any, TextIO

from ...core.errors import BadInput, InterestlakeError, Unreadable
from ...core.progress import PROGRESS
from ..table import BY_NAME
from .lines import NAMES, BoundedLines, expect_length, options_of, parser_of, read_line, words_of
from .open_lake import OpenLake

LOG = logging.getLogger("interestlake")
OWN = {"help": "this, or the options of a command", "history": "the lines so far", "quit": "leave, as Ctrl-D does"}
KEPT = 1_000  # characters of a line that `history` shows
LEAVE = ("quit", "exit", "EOF")


class Prompt(cmd.Cmd):
    """Answers each line from `opened`; `failed` counts lines that could not be answered.

    interactive: a person types; else lines are piped, and no prompt is shown.
    """

    def __init__(self, opened: OpenLake, stdin: TextIO, stdout: TextIO, interactive: bool):
        bounded: Any = BoundedLines(stdin)
        super().__init__("tab", bounded, stdout)
        self.opened, self.failed, self.lines = opened, 0, []
        self.use_rawinput = interactive
        self.prompt = "interestlake> " if interactive else ""

    def onecmd(self, line: str) -> bool:
        """Answer one line; True where it says to leave. A line that begins with # says nothing."""
        line = line.strip()
        if not line or line.startswith("#"):
            return False
        name, _, rest = line.partition(" ")
        if name in LEAVE:
            if name == "EOF" and self.use_rawinput:
                self.stdout.write("\n")
            return True
        self.lines.append(line[:KEPT])
        try:
            expect_length(line)
            with PROGRESS.working(name):
                said = self._answer(name, rest)
            self._say(said)
        except InterestlakeError as fault:
            self.failed += 1
            LOG.error("error: %s", fault)
        except Unreadable as why:
            self.failed += 1
            LOG.error("error: the lake's files cannot be read from here (%s); `interestlake %s` asks Spark", why, name)
        except KeyboardInterrupt:
            self._say("")
        return False

    def _answer(self, name: str, rest: str) -> str:
        if name in ("help", "?"):
            return self._help(rest.strip())
        if name == "history":
            return "\n".join(f"{number:>4}  {line}" for number, line in enumerate(self.lines, 1))
        if name not in NAMES:
            near = get_close_matches(name, [*NAMES, *OWN], 1, 0.5)
            there = f"did you mean {near[0]}?" if near else f"one of {', '.join((*NAMES, *OWN))}"
            raise BadInput(f"no command {name!r} here; {there}")
        asked = read_line(name, words_of(rest))
        self.opened.renew()
        return getattr(self.opened, f"{name}_text")(asked)

    def _help(self, name: str) -> str:
        if name in NAMES:
            return parser_of(name).format_help().rstrip()
        if name and name not in OWN:
            raise BadInput(f"no command {name!r} here; one of {', '.join((*NAMES, *OWN))}")
        said = {one: BY_NAME[one].help for one in NAMES} | OWN
        return "\n".join(f"{one:<8}  {text}" for one, text in said.items())

    def _say(self, text: str) -> None:
        self.stdout.write(f"{text}\n")
        self.stdout.flush()

    def completenames(self, text: str, *ignored) -> list[str]:
        return [name for name in (*NAMES, *OWN) if name.startswith(text)]

    def completedefault(self, *given: Any) -> list[str]:
        """Options after a dash, people where a user is asked for, and the items of that person's list.

        given: the word so far, the line, and where the word begins and ends in it.
        """
        text, line, begidx, _ = given
        try:
            return [one for one in self._offered(line[:begidx].split(), text) if one.startswith(text)]
        except Exception as fault:  # readline would swallow it, and the line go on half written
            LOG.debug("no completion: %s", fault)
            return []

    def _offered(self, before: list[str], text: str) -> list[str]:
        name = before[0] if before else ""
        if name == "help":
            return list(NAMES)
        if name not in NAMES:
            return []
        if text.startswith("-"):
            return [option.flag for option in options_of(name) if option.flag.startswith("-")]
        if before[-1] == "--user" or (name in ("list", "profile", "explain") and len(before) == 1):
            return self.opened.user_ids
        if before[-1] == "--item" or (name == "explain" and len(before) == 2):
            users = [word for at, word in enumerate(before) if at and not word.startswith("--")]
            return self.opened.item_ids(users[0]) if users else []
        return []
