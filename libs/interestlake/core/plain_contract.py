"""A table's columns as files have them, held against its contract."""

from collections.abc import Collection

import pyarrow as pa

from .errors import BadInput
from .schemas.all import ALL

IS_OF = {
    "string": lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind),
    "int": pa.types.is_integer,  # whatever its width: what is read is a number of Python's
    "bigint": pa.types.is_integer,
    "float": pa.types.is_floating,
    "double": pa.types.is_floating,
    "boolean": pa.types.is_boolean,
    "timestamp": pa.types.is_timestamp,
    "array": lambda kind: pa.types.is_list(kind) or pa.types.is_large_list(kind),
    "map": pa.types.is_map,
}


def expect_contract(name: str, schema: pa.Schema, columns: Collection[str], where: str) -> None:
    """Raises BadInput where table `name` lacks one of `columns` that is never null, or has it of another type.

    A column that may be null may be missing, as in a lake older than the column. A table of no contract is passed over.
    """
    for column in ALL[name].columns if name in ALL else ():
        if column.name not in columns:
            continue
        if column.name not in schema.names:
            if column.nullable:
                continue
            found = f"no column {column.name}"
        else:
            kind, is_of = schema.field(column.name).type, IS_OF.get(column.type.split("<")[0])
            if is_of is None or is_of(kind) or pa.types.is_null(kind):
                continue
            found = f"{column.name} of type {kind}"
        raise BadInput.of(f"table {name}", found=found, expected=f"{column.name} of type {column.type}", where=where)
