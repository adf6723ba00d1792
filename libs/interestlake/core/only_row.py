"""The row that is always there: an aggregate's, or that of a table that holds one."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, Row


def only_row(rows: "DataFrame") -> "Row":
    """The first row. Runs one Spark job. Raises LookupError where there is none."""
    row = rows.first()
    if row is None:
        raise LookupError(f"expected a row of ({', '.join(rows.columns)}), found none")
    return row
