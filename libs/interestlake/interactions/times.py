"""Timestamps of a file -> seconds since 1970: the unit is found, and one file has one."""

import logging

import numpy as np
import pandas as pd

from ..core.csv_table import CsvTable

LOG = logging.getLogger("interestlake")
COLUMN = "timestamp"
# how many make a second, by the size of a number: seconds reach the year 5138, the others begin in 1973
UNITS = {"seconds": 1.0, "milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
BOUNDS = (1e11, 1e14, 1e17)
COMPACT = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}  # dates written as one number, by its digits
EXPECTED = "seconds since 1970, or milli-, micro- or nanoseconds, or dates as 2014-02-28T10:15:00Z"
MONTH = 31 * 86_400  # seconds after which January 1970 is over
YEAR_2100 = 4_102_444_800
LAST_SECOND = 253_402_300_800  # the year 10000


def times_of(table: CsvTable) -> np.ndarray:
    """(n,) float64 seconds since 1970 of the column timestamp; a date without a zone is UTC.

    The log tells a unit other than seconds, and times that hardly anybody means: all in January 1970, or beyond 2100.
    Raises BadInput for a cell that is neither a number nor a date, and for numbers of two units (0 and -1, which often
    stand for no time, are of any).
    """
    column = table.frame[COLUMN]
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(np.float64)
    numeric = np.isfinite(numbers)
    if not numeric.all():
        times = _dates(table, numeric)
    elif (dates := _compact(column)) is not None:
        LOG.info("  %s: timestamps as %s are read as dates", table.option, column.iloc[0])
        times = dates
    else:
        times = _of_one_unit(table, numbers)
    _tell_odd(table, times)
    return times


def _of_one_unit(table: CsvTable, numbers: np.ndarray) -> np.ndarray:
    names = list(UNITS)
    unit = np.digitize(np.abs(numbers), BOUNDS)
    telling = (numbers != 0) & (numbers != -1)
    met = np.unique(unit[telling])
    if len(met) > 1:
        rows = [telling & (unit == one) for one in met]
        column = table.frame[COLUMN]
        told = ", ".join(f"{names[one]} in {int(mask.sum()):,} rows (line {table.line(mask)}: {column[mask].iloc[0]})"
                         for one, mask in zip(met, rows, strict=True))  # fmt: skip
        raise table.fault(f"timestamps of several units: {told}", "one unit in the whole file")
    name = names[int(met[0])] if len(met) else names[0]
    times = numbers / UNITS[name]
    far = np.abs(times) > LAST_SECOND
    if far.any():
        raise table.fault(f"{table.frame[COLUMN][far].iloc[0]!r} as timestamp in line {table.line(far)}", EXPECTED)
    if name != names[0]:
        LOG.info("  %s: timestamps are read as %s, %s to %s", table.option, name, _day(times.min()), _day(times.max()))
    return times


def _compact(column: pd.Series) -> np.ndarray | None:
    """The seconds where every cell is a date in digits alone, 20140228 or 201402281015 or 20140228101500."""
    size = len(column.iloc[0])
    # seconds of 1970 or milliseconds of 1976 could look so, but hardly every one of a file
    if size not in COMPACT or not column.str.fullmatch(rf"(19|20)\d{{{size - 2}}}").all():
        return None
    dates = pd.to_datetime(column, errors="coerce", utc=True, format=COMPACT[size])
    return None if dates.isna().any() else _seconds(dates)


def _dates(table: CsvTable, numeric: np.ndarray) -> np.ndarray:
    column = table.frame[COLUMN]
    dates = pd.to_datetime(column, errors="coerce", utc=True, format="ISO8601")
    wrong = dates.isna().to_numpy()
    if wrong.any():
        # what the smaller part of the file has is what is wrong
        wrong = ~numeric if numeric.sum() > (~wrong).sum() else wrong
        found = f"{column[wrong].iloc[0]!r} as timestamp in line {table.line(wrong)}"
        raise table.fault(found, EXPECTED + ", one of them in the whole file")
    return _seconds(dates)


def _seconds(dates: pd.Series) -> np.ndarray:
    return dates.astype("int64").to_numpy(np.float64) / 1e9


def _tell_odd(table: CsvTable, times: np.ndarray) -> None:
    first, last = times.min(), times.max()
    if first >= 0 and last < MONTH:
        LOG.warning("  %s: all times of %s lie in January 1970 (%g to %g seconds): their order counts, their distances "
                    "mean nothing unless they are seconds", table.option, table.path, first, last)  # fmt: skip
    elif last >= YEAR_2100:
        LOG.warning("  %s: times of %s lie beyond 2100, up to %s: is that what timestamp means?", table.option,
                    table.path, _day(last))  # fmt: skip


def _day(seconds: float) -> str:
    return str(np.datetime64(int(seconds), "s")).partition("T")[0]
