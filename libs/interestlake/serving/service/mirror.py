"""What of a lake the online store holds, and how it follows the lake."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pyarrow as pa

from ...core.plain_lake import PlainLake
from ...core.progress import PROGRESS, Count
from ...core.storage import has_scheme
from .sqlite_store import SqliteStore
from .store import Change, OnlineStore

STORE = "online.sqlite"  # in a lake on this machine's disk
# table -> the columns that its rows are looked up by
TABLES: Mapping[str, tuple[str, ...]] = {
    "gold.recommendations": ("user_id",),
    "gold.interest_map": ("user_id",),
    "gold.interest_profiles": ("user_id",),
    "gold.reasons": ("user_id",),
    "gold.counterfactuals": ("user_id",),
    "gold.expansions": ("user_id",),
    "gold.people": ("user_id",),
    "silver.users": ("user_id",),
    "silver.interactions": ("user_id",),
    "silver.friends": ("user_id",),
    "silver.objections": ("user_id",),
    "silver.items": ("item_id",),
    "silver.item_interests": ("item_id",),
    "silver.interests": ("interest_id",),
    "silver.facts": ("subject_item_id",),
    "bronze.items": ("item_id",),
    "graph.item_edges": ("src", "dst"),
    "graph.item_transitions": ("dst",),
    "graph.interest_nodes": ("interest_id",),
    "ops.sources": (),
}
# columns that no answer reads, and that may be long
LEFT_OUT: Mapping[str, frozenset[str]] = {
    "silver.items": frozenset({"text"}),
    "bronze.items": frozenset({"text", "description", "images"}),
}


def follow(lake: PlainLake, store: OnlineStore) -> list[str]:
    """Bring the store to the lake's newest versions, all tables in one step -> the tables that changed.

    Only files that a table gained are read, a row group at a time; what it lost is deleted by file. Raises Unreadable
    where the lake's files cannot be read from here; the store is then as it was.
    """
    lake.moved()
    with PROGRESS.counting("filling the online store", unit="rows") as read:
        changes = _changes(lake, store, read)
        if changes:
            store.apply(changes)
    return sorted(changes)


def own_store(root: str) -> Path | None:
    """The file of the online store that lies in a lake on this machine's disk by default; None for a lake elsewhere."""
    return None if has_scheme(root) else Path(root).resolve() / STORE


def follow_in(root: str) -> None:
    """Bring the lake's own store up to it, where there is one: what is deleted from the lake is not to wait in it for a
    service. Raises Unreadable as `follow`, BadInput as `SqliteStore`."""
    file = own_store(root)
    if file is None or not file.is_file():
        return
    with closing(SqliteStore(file, str(file.parent))) as store:
        follow(PlainLake(root), store)


def _changes(lake: PlainLake, store: OnlineStore, read: Count) -> dict[str, Change | None]:
    changes: dict[str, Change | None] = {}
    for name, keys in TABLES.items():
        version, before = lake.version(name), store.version(name)
        if version == before:
            continue
        if version is None:
            changes[name] = None
            continue
        table, held = lake.plain_table(name), store.files(name)
        files = table.files()
        out = LEFT_OUT.get(name, frozenset())
        come = {path: _rows(table.batches(path), out, read) for path in files if path not in held}
        schema = table.schema()
        for column in out & set(schema.names):
            schema = schema.remove(schema.get_field_index(column))
        changes[name] = Change(before, version, schema, keys, held - set(files), come)
    return changes


def _rows(batches: Iterable[pa.RecordBatch], left_out: frozenset[str], read: Count) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        yield batch.select([name for name in batch.schema.names if name not in left_out])
        read.add(len(batch))
