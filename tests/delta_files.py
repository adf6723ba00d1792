"""A Delta table written without Spark: one Parquet file and the commit that adds it."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

KINDS = {pa.int32(): "integer", pa.int64(): "long", pa.float64(): "double", pa.bool_(): "boolean"}


def write_delta(folder: Path, columns: dict) -> None:
    """columns: name -> values, as pyarrow.table takes them."""
    table = pa.table(columns)
    (folder / "_delta_log").mkdir(parents=True)
    pq.write_table(table, folder / "part.parquet")
    fields = [{"name": field.name, "type": _kind(field.type), "nullable": True, "metadata": {}}
              for field in table.schema]  # fmt: skip
    commit = [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {"metaData": {"id": "t", "format": {"provider": "parquet", "options": {}}, "partitionColumns": [],
                      "schemaString": json.dumps({"type": "struct", "fields": fields}), "configuration": {}}},
        {"add": {"path": "part.parquet", "partitionValues": {}, "size": (folder / "part.parquet").stat().st_size,
                 "modificationTime": 0, "dataChange": True}},
    ]  # fmt: skip
    (folder / "_delta_log" / f"{0:020}.json").write_text("\n".join(map(json.dumps, commit)))


def _kind(kind: pa.DataType) -> str | dict:
    if pa.types.is_list(kind):
        return {"type": "array", "elementType": _kind(kind.value_type), "containsNull": True}
    return "timestamp" if pa.types.is_timestamp(kind) else KINDS.get(kind, "string")
