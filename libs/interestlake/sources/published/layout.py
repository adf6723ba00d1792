"""A publisher's layout: which files hold what; and how all of them are read."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from pyspark.sql import Column, DataFrame

from ...core.errors import BadInput
from ..contract import Loaded, Request, collect_groups, completed
from ..dialect import PLAIN, Dialect
from ..files import InputFile, list_files, match, missing
from ..read_fields import read_fields
from ..rules import Transform
from ..settle import Settled, settle

TAB = Dialect(delimiter="\t", quote="")
Fields = dict[str, Column]


@dataclass(frozen=True)
class Part:
    """One kind of file: its published names, how it is written, what is read of it and what a record is.

    columns: those that are read, by the publisher's names, lists inside them as JSON; optional: those that a release
    may lack, and that `judge` then is not given. judge: the columns -> fielded lines to judged ones. section: the
    records are rows of that table; None: `Edition.tables` makes the rows. needed: without such a file it is another
    edition; `without` says what is lost where a file may be absent.
    """

    files: tuple[str, ...]
    columns: tuple[str, ...]
    judge: Callable[[Fields], Transform]
    section: str | None = None
    form: str = "csv"
    dialect: Dialect = PLAIN
    optional: tuple[str, ...] = ()
    needed: bool = False
    without: str = ""


@dataclass(frozen=True)
class Edition:
    """The parts of one release. tables: the records of the parts that are there, by name -> further rows, by section.

    notes: what a person should hear of every load.
    """

    parts: dict[str, Part]
    tables: Callable[[dict[str, DataFrame]], dict[str, DataFrame]] = field(default=lambda parts: {})
    notes: tuple[str, ...] = ()


Layout = tuple[Edition, ...]


def load_layout(request: Request, layout: Layout) -> Loaded:
    """The first edition that has all its needed files under the inputs. Two or three Spark jobs per part.

    Raises BadInput where no edition has, and where there is no usable event.
    """
    files = list_files(request.spark, request.inputs)
    edition = expect_edition(files, layout)
    found = {name: chosen for name, part in edition.parts.items() if (chosen := match(files, *part.files))}
    settled = {name: _settled(request, edition.parts[name], chosen) for name, chosen in found.items()}
    groups: dict[str, list[Settled]] = {"quarantine": [part.with_records(None) for part in settled.values()]}
    for name, part in settled.items():
        if section := edition.parts[name].section:
            groups.setdefault(section, []).append(_rows(part, section, part.records, part.record_count))
    for section, rows in edition.tables({name: part.records for name, part in settled.items()}).items():
        held = next(iter(settled.values()))
        count = rows.count() if section == "events" else 0
        groups.setdefault(section, []).append(_rows(held, section, rows, count))
    if not sum(part.record_count for part in groups["events"]):
        named = ", ".join(file.name for chosen in found.values() for file in chosen)
        raise BadInput.of("events", found=f"none in {named}", expected="at least one", where="--input")
    absent = tuple(
        f"warning: no file {' or '.join(part.files)}: {part.without}"
        for name, part in edition.parts.items()
        if part.without and name not in found
    )
    return replace(collect_groups(request.spark, **groups), notes=(*absent, *edition.notes))


def expect_edition(files: tuple[InputFile, ...], layout: Layout) -> Edition:
    """The first edition whose needed files are all there; else BadInput that names those of every one."""
    needed = [[part.files for part in edition.parts.values() if part.needed] for edition in layout]
    for edition, names in zip(layout, needed, strict=True):
        if all(match(files, *one) for one in names):
            return edition
    raise missing(files, "events", *dict.fromkeys(name for names in needed for one in names for name in one))


def _settled(request: Request, part: Part, files: tuple[InputFile, ...]) -> Settled:
    fielded, columns, header = read_fields(request.spark, files, part.form, part.columns, part.dialect, part.optional)
    return settle(fielded.transform(part.judge(columns)), files, request.max_quarantine_share, header)


def _rows(part: Settled, section: str, rows: DataFrame, count: int) -> Settled:
    """Rows of a table beside the part whose quarantine is counted elsewhere."""
    return replace(part.beside(rows.transform(completed(section))), record_count=count)
