"""Ids of a file as every file should write them: what pandas made of whole numbers becomes whole numbers again."""

import logging

import pandas as pd

from ..core.csv_table import CsvTable

LOG = logging.getLogger("interestlake")
WHOLE = r"-?\d+\.0"  # 7 in a column that pandas keeps as floats
EXPONENT = r"-?\d(\.\d+)?[eE]\+\d+"  # 76561198000000001 there, or in a spreadsheet: its last digits are lost


def ids_of(table: CsvTable, column: str) -> pd.Series:
    """The ids of a column, blanks around them cut; 7.0 becomes 7 where every id of the column is written so.

    The log tells that, and a column that mixes 7.0 with other forms, where no rule is safe. Raises BadInput for ids
    that lost digits to an exponent and for an empty one.
    """
    cells = table.frame[column].str.strip()
    blank = cells == ""
    if blank.any():
        raise table.fault(f"{int(blank.sum()):,} rows without {column}, the first in line {table.line(blank)}",
                          "one in every row")  # fmt: skip
    names = pd.Series(cells.unique())  # far fewer than cells
    lossy = names[names.str.fullmatch(EXPONENT)]
    if len(lossy):
        line = table.line(cells == lossy.iloc[0])
        raise table.fault(f"{lossy.iloc[0]} as {column} in line {line}, which lost its last digits", "all digits of it")
    whole = names.str.fullmatch(WHOLE)
    if whole.all():
        LOG.info("  %s: every %s is a decimal such as %s: read as %s", table.option, column, names.iloc[0],
                 names.iloc[0].removesuffix(".0"))  # fmt: skip
        return cells.str.removesuffix(".0")
    if whole.any():
        LOG.warning("  %s: %s of %s ids in %s are written as decimals (%s): they are other ids than those without .0",
                    table.option, f"{int(whole.sum()):,}", f"{len(names):,}", column, names[whole].iloc[0])  # fmt: skip
    return cells
