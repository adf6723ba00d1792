"""Rows that a command asks for by the names of its fields, out of any CSV, JSON lines or Parquet files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F

from ..core.counted import counted
from ..core.errors import BadInput
from ..core.only_row import only_row
from ..core.present import present
from ..core.yaml_file import read_yaml
from .files import InputFile, list_files, require
from .formats import first_line
from .mapping import Group, parse_group
from .parquet import columns_of
from .read_fields import read_fields
from .rules import Rule, filled, in_calendar, judge, number, time
from .settle import Settled, settle
from .table import with_point

ENDINGS = {"csv": "csv", "jsonl": "jsonl", "ndjson": "jsonl", "json": "jsonl", "parquet": "parquet"}
SECTION = "rows"
TIME_EXPECTED = "expected unix seconds, an ISO 8601 time or the mapping's time_unit, from 1970 to 2099"


@dataclass(frozen=True)
class Wanted:
    """Fields of a command's rows: identifiers, which `named` gives another name in files, mappings and messages.

    texts, numbers, times: what they hold. optional: those of them that the files may lack, then null everywhere. A
    row without a text, or with a number or time that is none, is set aside; so is one without a number or time, unless
    the field is in `empty`, or optional in JSON lines, where it is null. rules(columns by field): further reasons.
    """

    texts: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    rules: Callable[[dict[str, Column]], list[Rule]] = field(default=lambda columns: [])
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        return (*self.texts, *self.numbers, *self.times)

    def name(self, field: str) -> str:
        """As files and mappings have it, unless the mapping says otherwise."""
        return self.named.get(field, field)


def read_rows(
    spark: SparkSession, inputs: Sequence[str], mapping: str | None, wanted: Wanted, max_share: float
) -> tuple[Settled, frozenset[str]]:
    """(file, line, *wanted.fields) of every usable row, and the fields that the files have.

    mapping: a YAML with a section `rows` (files, format, columns and how CSV is written, docs/sources.md); without one
    the format goes by the files' ending. The caller unpersists `held`. Runs Spark jobs as `read_fields` and `settle`.
    Raises BadInput for files or a mapping at fault, and where more than `max_share` of a file is set aside.
    """
    group = Group((), "") if mapping is None else _mapped(mapping, wanted)
    files = list_files(spark, tuple(inputs))
    files = require(files, f"{SECTION} of the mapping", *group.files) if group.files else files
    form = group.format or _format(files)
    source_of = {name: group.columns.get(wanted.name(name), wanted.name(name)) for name in wanted.fields}
    where = "the file, or --mapping that names its columns" if mapping is None else "--mapping"
    there = _columns(spark, files, form, group, where)
    fields = {name for name in wanted.fields if name not in wanted.optional or there is None
              or source_of[name] in there}  # fmt: skip
    asked = tuple(dict.fromkeys(source_of[name] for name in wanted.fields if name in fields))
    fielded, columns, header = read_fields(spark, files, form, asked, group.dialect, where=where)
    given = {name: columns[source_of[name]] if name in fields else F.lit(None).cast("string") for name in wanted.fields}
    settled = settle(fielded.transform(_judged(given, fields, wanted, group, form)), files, max_share, header)
    if not settled.record_count:
        settled.held.unpersist()
        raise BadInput.of("rows", found="no usable row", expected="at least one", where="--input")
    if there is None and wanted.optional:  # each line of JSON says by itself what it has
        counts = only_row(settled.records.agg(*(F.count(name).alias(name) for name in wanted.optional)))
        fields -= {name for name in wanted.optional if not counts[name]}
    return settled, frozenset(fields)


def _judged(given: dict[str, Column], fields: set[str], wanted: Wanted, group: Group, form: str):
    typed: dict[str, Column] = {}
    rules: list[Rule] = []
    may_lack = {*wanted.empty, *(wanted.optional if form == "jsonl" else ())}

    def refuse(name: str, unusable: Column, found: str) -> None:
        if name in may_lack:
            unusable = unusable & filled(given[name]).isNotNull()
        if name in fields:
            rules.append((unusable, found))

    for name in wanted.texts:
        typed[name] = filled(given[name])
        refuse(name, typed[name].isNull(), f"missing {wanted.name(name)}: expected text")
    for name in wanted.numbers:
        typed[name] = number(present(with_point(given[name], group.decimal)))
        refuse(name, typed[name].isNull(), f"{wanted.name(name)} not a number: expected a number")
    for name in wanted.times:
        typed[name] = F.coalesce(time(given[name], group.time_unit), time(given[name], "iso"))
        unusable = ~F.coalesce(in_calendar(typed[name]), F.lit(False))
        refuse(name, unusable, f"{wanted.name(name)} not readable: {TIME_EXPECTED}")
    return judge(typed, [*rules, *wanted.rules(typed)])


def _columns(
    spark: SparkSession, files: tuple[InputFile, ...], form: str, group: Group, where: str
) -> tuple[str, ...] | None:
    """The columns that the files have; None of JSON lines, where each line says."""
    if form == "csv":
        return group.dialect.names or group.dialect.columns(first_line(spark, files[0], where, group.dialect))
    return columns_of(spark, files[0]) if form == "parquet" else None


def _format(files: tuple[InputFile, ...]) -> str:
    endings = {file.name.lower().removesuffix(".gz").rpartition(".")[2] for file in files}
    forms = {ENDINGS.get(ending, "") for ending in endings}
    if len(forms) > 1 or "" in forms:
        shown = ", ".join(file.name for file in files[:5])
        raise BadInput.of("input", found=shown, expected="files that end in .csv, .jsonl or .parquet, all alike, or a "
                          "mapping that says their format", where="--input or --mapping")  # fmt: skip
    return forms.pop()


def _mapped(path: str, wanted: Wanted) -> Group:
    if not Path(path).is_file():
        raise BadInput.of("mapping", found=f"no file {path}", expected="a YAML file", where="--mapping")
    loaded = read_yaml(path, f"mapping {path}", as_written=True)
    if not isinstance(loaded, dict) or set(loaded) != {SECTION}:
        found = f"sections {', '.join(map(str, loaded))}" if isinstance(loaded, dict) else type(loaded).__name__
        raise BadInput.of(f"mapping {path}", found=found, expected=f"one section `{SECTION}` with files, format and "
                          "columns", where="the file")  # fmt: skip
    faults: list[str] = []
    names = [wanted.name(name) for name in wanted.fields]
    group = parse_group(SECTION, loaded[SECTION], faults, names, ())
    if faults or group is None:
        raise BadInput(f"mapping {path}: {counted(len(faults), 'fault')}\n  " + "\n  ".join(faults))
    return group
