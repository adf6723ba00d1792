"""Values as SQL, in one text: a Column asks the JVM once a literal."""

from collections.abc import Collection
from typing import Any


def literal(value: Any) -> str:
    """A text or a whole number as SQL."""
    if isinstance(value, str):
        # Spark puts variables in place of ${...} in every SQL text, also within quotes
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'").replace("$", "\\u0024") + "'"
    return str(int(value))


def in_list(column: str, values: Collection) -> str:
    """The condition that `column` is one of `values`; false for none."""
    listed = ", ".join(sorted(literal(value) for value in set(values)))
    return f"`{column}` IN ({listed})" if listed else "false"
