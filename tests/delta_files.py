"""A Delta table written without Spark: Parquet files and the commits that add and remove them."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

KINDS = {pa.int32(): "integer", pa.int64(): "long", pa.float64(): "double", pa.bool_(): "boolean"}


def write_delta(folder: Path, columns: dict) -> None:
    """columns: name -> values, as pyarrow.table takes them."""
    (folder / "_delta_log").mkdir(parents=True)
    _commit(folder, 0, [{"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
                        *_put(folder, "part.parquet", columns)])  # fmt: skip


def change_delta(folder: Path, added: dict[str, dict], removed: Sequence[str] = ()) -> None:
    """A further commit. added: name of a file -> its columns, of which some may be new; removed: names of files."""
    version = len(list((folder / "_delta_log").iterdir()))
    actions = [action for name, columns in added.items() for action in _put(folder, name, columns)]
    gone = [{"remove": {"path": name, "deletionTimestamp": 0, "dataChange": True}} for name in removed]
    _commit(folder, version, [*actions, *gone])


def _put(folder: Path, name: str, columns: dict) -> list[dict]:
    table = pa.table(columns)
    pq.write_table(table, folder / name)
    schema = json.dumps({"type": "struct", "fields": _fields(table.schema)})
    return [
        {"metaData": {"id": "t", "format": {"provider": "parquet", "options": {}}, "partitionColumns": [],
                      "schemaString": schema, "configuration": {}}},
        {"add": {"path": name, "partitionValues": {}, "size": (folder / name).stat().st_size, "modificationTime": 0,
                 "dataChange": True}},
    ]  # fmt: skip


def _commit(folder: Path, version: int, actions: list[dict]) -> None:
    (folder / "_delta_log" / f"{version:020}.json").write_text("\n".join(map(json.dumps, actions)))


def _fields(schema: Iterable[pa.Field]) -> list[dict]:
    return [{"name": field.name, "type": _kind(field.type), "nullable": True, "metadata": {}} for field in schema]


def _kind(kind: pa.DataType) -> str | dict:
    if pa.types.is_list(kind):
        return {"type": "array", "elementType": _kind(kind.value_type), "containsNull": True}
    if pa.types.is_map(kind):
        return {"type": "map", "keyType": _kind(kind.key_type), "valueType": _kind(kind.item_type),
                "valueContainsNull": True}  # fmt: skip
    if pa.types.is_struct(kind):
        return {"type": "struct", "fields": _fields(kind)}
    return "timestamp" if pa.types.is_timestamp(kind) else KINDS.get(kind, "string")
