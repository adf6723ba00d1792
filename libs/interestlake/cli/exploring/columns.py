"""Rows as columns of text."""

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence]) -> str:
    """Columns in line: text to the left, numbers to the right with four digits at most."""
    cells = [[_cell(value) for value in row] for row in rows]
    numeric = [bool(cells) and all(not isinstance(row[n], str) for row in rows) for n in range(len(columns))]
    widths = [max(len(name), *(len(row[n]) for row in cells)) if cells else len(name) for n, name in enumerate(columns)]

    def line(row: Sequence[str]) -> str:
        padded = [v.rjust(w) if right else v.ljust(w) for v, w, right in zip(row, widths, numeric, strict=True)]
        return "  ".join(padded).rstrip()

    return "\n".join([line(list(columns)), *(line(row) for row in cells)])


def _cell(value: object) -> str:
    if value is None or value != value:
        return "-"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return " > ".join(map(str, value))
    return str(value)
