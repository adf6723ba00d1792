"""A CSV file of a user -> a frame of strings: the one reader of every command that works on files without Spark."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

import numpy as np
import pandas as pd

from .errors import BadInput
from .text_file import empty, no_text, opened_bytes, opened_text

LONGEST_FIELD = 2**31 - 1  # the csv module stops at 128 KB of its own accord
SHOWN_NAMES = 8


@dataclass(frozen=True)
class CsvTable:
    """frame: every cell as the file has it, in the file's order, under the header's names; path, option: what a fault
    names."""

    frame: pd.DataFrame
    path: str
    option: str

    def fault(self, found: object, expected: object) -> BadInput:
        return BadInput.of(f"file {self.path}", found=found, expected=expected, where=self.option)

    def line(self, rows: np.ndarray | pd.Series) -> int:
        """The line in which the first row begins for which `rows` (n,) bool holds. Reads the file again."""
        wanted = int(np.flatnonzero(np.asarray(rows))[0]) + 1  # row 0 is the header
        with opened_text(self.path, self.option) as file:
            for place, (line, _) in enumerate(_records(file, self.path, self.option)):
                if place == wanted:
                    return line
        raise self.fault("another file than a moment ago", "one that does not change meanwhile")


def read_csv(path: str, wanted: Sequence[str], option: str, optional: Sequence[str] = ()) -> CsvTable:
    """The file at `path`: comma-separated, UTF-8, quoted as RFC 4180 says (line breaks and doubled quotes within
    quotes), packed as `opened_bytes` reads it; lines that are blank are no rows, blanks around a name are none of it.

    Raises BadInput for a file that is not of that form, for a row with more or fewer fields than the header has names,
    for a name of `wanted` that is missing and one of `wanted` or `optional` that stands there twice, and for no rows.
    """
    names, rows = _checked(path, option, wanted, optional)
    with opened_bytes(path, option) as file:
        frame = pd.read_csv(file, header=0, names=range(len(names)), index_col=False, dtype=str, keep_default_na=False,
                            encoding="utf-8-sig")  # fmt: skip
    frame.columns = names
    table = CsvTable(frame, path, option)
    if len(frame) != rows:  # two readers that part a file differently: neither is to be believed
        raise table.fault(f"{rows} rows, or {len(frame)} with blank ones in quotes", "no quoted blank line")
    return table


def _checked(path: str, option: str, wanted: Sequence[str], optional: Sequence[str]) -> tuple[list[str], int]:
    """The header's names and the number of rows: pandas would fill short rows and cut long ones without a word."""
    fault = CsvTable(pd.DataFrame(), path, option).fault
    with opened_text(path, option) as file:
        records = _records(file, path, option)
        header, count = next(records, (0, None))[1], 0
        if header is None:
            raise empty(path, option)
        names = [name.strip() for name in header]
        shown = ", ".join(names[:SHOWN_NAMES])
        if any(name not in names for name in wanted):
            raise fault(f"the columns {shown}", f"{', '.join(wanted)} among them, between commas")
        double = [name for name in (*wanted, *optional) if names.count(name) > 1]
        if double:
            raise fault(f"{names.count(double[0])} columns named {double[0]}", "one")
        for line, record in records:
            count += 1
            if record == header:
                raise fault(f"the header again in line {line}", "one header, where files were put together")
            if len(record) != len(names):
                raise fault(f"{_counted(len(record), 'field')} in line {line} below a header of "
                            f"{_counted(len(names), 'name')} ({shown})", "as many fields as names")  # fmt: skip
    if not count:
        raise fault("a header and no row", "at least one row")
    return names, count


def _records(file: TextIO, path: str, option: str) -> Iterator[tuple[int, list[str]]]:
    """(line in which it begins, fields) of every record that is not blank."""
    longest = csv.field_size_limit(LONGEST_FIELD)
    reader, line = csv.reader(_text_lines(file, path, option), strict=True), 1
    try:
        for record in reader:
            # what pandas takes for a blank line
            if len(record) > 1 or (record and record[0].strip(" \t")):
                yield line, record
            line = reader.line_num + 1
    except csv.Error as fault:
        raise BadInput.of(
            f"file {path}",
            found=f"quotes that do not close as they should in line {line} ({fault})",
            expected='quotes around a whole field, doubled within it ("")',
            where=option,
        ) from fault
    finally:
        csv.field_size_limit(longest)


def _text_lines(file: TextIO, path: str, option: str) -> Iterator[str]:
    for number, line in enumerate(file, 1):
        if "\0" in line:
            raise no_text(path, number, option)
        yield line


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
