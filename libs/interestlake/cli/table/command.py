"""What an entry of the command table is made of. An address is "package.module:name" below `interestlake`; it is
imported when its command runs, not before."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ...core.config import parse_override
from ...core.errors import nearest


def as_yaml(text: str) -> object:
    """A value as --set reads it: 5 is a number, true a truth."""
    return parse_override(f"value={text}")[1]


def as_names(text: str) -> list[str]:
    """'a, b' -> ['a', 'b']."""
    return [name.strip() for name in text.split(",") if name.strip()]


MAX_SEED = 2**31 - 1  # every library that draws takes these


@dataclass(frozen=True)
class OneOf:
    """A word out of `choices`; a near miss is told what it is near to."""

    choices: tuple[str, ...]

    def __call__(self, text: str) -> str:
        if text not in self.choices:
            raise argparse.ArgumentTypeError(
                f"found {text!r}; expected one of {', '.join(self.choices)}{nearest(text, self.choices)}"
            )
        return text


@dataclass(frozen=True)
class Number:
    """A number in [least, most], or above `least`; whole: without a part behind the point."""

    least: float = 0.0
    most: float = float("inf")
    whole: bool = False
    above: bool = False
    unit: str = ""

    def __call__(self, text: str) -> int | float:
        try:
            value = int(text) if self.whole else float(text)
        except ValueError:
            value = None
        if value is None or not self.least <= value <= self.most or (self.above and value == self.least):
            raise argparse.ArgumentTypeError(f"found {text}; expected {self}")
        return value

    def __str__(self) -> str:
        what = f"a {'whole ' * self.whole}number{self.unit}"
        if self.above:
            return f"{what} above {self.least:g}" + (f", at most {self.most:g}" if self.most < float("inf") else "")
        if self.most < float("inf"):
            return f"{what} from {self.least:.0f} to {self.most:.0f}"
        return f"{what}, {self.least:g} or more"


as_seed = Number(0, MAX_SEED, whole=True)
as_seconds = Number(0, 1e9, unit=" of seconds")
as_count = Number(1, whole=True)
as_share = Number(0, 1)


@dataclass(frozen=True)
class Option:
    """One option: its flag (without dashes: an argument by place), meaning, type, default and allowed values.

    kind: bool makes a switch. sets: the parameter ("als.rank") that the option stands for; left out, it sets nothing.
    file: the path of an input, looked for before anything starts, and noted with the run. place: a path, likewise
    looked for, that is no input; one with a scheme (models:/, s3a:) is not looked for. one_of: options with the same
    word exclude each other; one of them has to be there where any is `required`. environment: the variable that gives
    the default.
    """

    flag: str
    help: str | None = None
    kind: Callable = str
    default: object = None
    choices: tuple[str, ...] = ()
    metavar: str | None = None
    required: bool = False
    repeat: bool = False
    sets: str | None = None
    file: bool = False
    place: bool = False
    one_of: str | None = None
    environment: str | None = None

    @property
    def always(self) -> bool:
        """Whether every call has it."""
        return not self.one_of and (self.required or not self.flag.startswith("-"))

    @property
    def name(self) -> str:
        """Of the value among the parsed arguments."""
        return self.flag.lstrip("-").replace("-", "_")


@dataclass(frozen=True)
class Cut:
    """The pipeline's stages at `address`, from --from to --until, or one of them alone."""

    address: str


@dataclass(frozen=True)
class OneStage:
    """A Stage of its own over a lake, under a claimed run id, with lineage and a row of ops.stages.

    after: the command that makes what it reads (None: no lake has to be there); needs: the tables without which it does
    not start, or the address of their names, () any lake, None what the stage reads. before: function -> options,
    called first, of any of `lake, params, options, arguments`, taken by name; closing: function -> the text to print,
    or None, of any of those and `stage, figures`. also: switch -> address of a further stage that it adds. instead:
    option -> address of a function as OverLake's, which answers in the stage's place where the option is given.
    at_once: as OverLake's.
    """

    address: str
    closing: str
    after: str | None = "interestlake run"
    needs: str | tuple[str, ...] | None = None
    before: str | None = None
    also: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    at_once: str | None = None


@dataclass(frozen=True)
class OverLake:
    """function(arguments, spark, params, options, log) over a lake.

    at_once: address of a function that may answer before Spark starts, and says whether it did; called with any of
    `arguments, params, options, start`, taken by name, and raising Unreadable where it
    cannot read the lake. start() is a context of (session, Future of loaded modules).
    """

    address: str
    at_once: str | None = None


@dataclass(frozen=True)
class OnFiles:
    """function(arguments, log) on files, without Spark."""

    address: str


@dataclass(frozen=True)
class OwnStart:
    """function(arguments, log, start) that starts Spark by itself, if at all: start() is a context of (session, Future
    of `loads`, which are imported meanwhile); arguments.conf_dir is the configuration's folder."""

    address: str
    loads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Command:
    """One command. source: what its run says that it read, where no option --source says it. any_of: names of options
    of which one is needed."""

    name: str
    group: str
    help: str
    example: str
    runs: Cut | OneStage | OverLake | OnFiles | OwnStart
    options: tuple[Option, ...] = ()
    source: str | None = None
    any_of: tuple[str, ...] = ()

    @property
    def aliases(self) -> tuple[str, ...]:
        own = self.group == "operations" and "-" in self.name
        return (self.name.replace("-", "_"),) if own else ()

    @property
    def on_lake(self) -> bool:
        """Whether it takes a lake, a run id and Spark's settings as every such command does."""
        return isinstance(self.runs, Cut | OneStage | OverLake)
