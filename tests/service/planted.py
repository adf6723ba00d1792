"""A small lake's files, written without Spark: three people, four items, lists, edges and what somebody refused."""

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from ..delta_files import write_delta

ANN, BOB, EVE = "a" * 64, "b" * 64, "e" * 64
ITEMS = {"i1": ("Alien", ["Horror"]), "i2": ("Up", ["Children"]), "i3": ("Heat", ["Crime"]), "i4": ("Seven", ["Crime"])}
SOURCES = pa.list_(pa.struct([("source", pa.string()), ("share", pa.float64())]))
DAY = datetime(2020, 5, 1, tzinfo=UTC)


def lists_of(people: dict[str, list[str]], run: str = "r1") -> dict:
    """user_id -> items of the list, best first -> columns of gold.recommendations."""
    rows = [(user, rank, item) for user, items in people.items() for rank, item in enumerate(items, 1)]
    return {
        "user_id": [user for user, _, _ in rows],
        "rank": pa.array([rank for _, rank, _ in rows], pa.int32()),
        "item_id": [item for _, _, item in rows],
        "score": [1.0 / rank for _, rank, _ in rows],
        "sources": pa.array([[{"source": "als", "share": 1.0}]] * len(rows), SOURCES),
        "evidence": pa.array([["i1"]] * len(rows), pa.list_(pa.string())),
        "named": pa.array([["i1"]] * len(rows), pa.list_(pa.string())),
        "reason": [f"Because of {item}." for _, _, item in rows],
        "run_id": [run] * len(rows),
    }


def objections_of(rows: list[tuple[str, str, str, str]]) -> dict:
    """(user_id, kind, action, target) -> columns of silver.objections."""
    names = ("user_id", "kind", "action", "target")
    return {name: pa.array([row[place] for row in rows], pa.string()) for place, name in enumerate(names)}


def write_lake(root: Path) -> Path:
    """The lake's folder."""
    tables = {
        "silver/users": {"user_id": [ANN, BOB, EVE], "user_index": pa.array([0, 1, 2], pa.int32())},
        "silver/items": {
            "item_id": list(ITEMS),
            "item_index": pa.array([0, 1, 2, 3], pa.int32()),
            "title": [title for title, _ in ITEMS.values()],
            "categories": pa.array([kinds for _, kinds in ITEMS.values()], pa.list_(pa.string())),
            "user_count": pa.array([3, 2, 1, 1], pa.int32()),
            "text": ["long"] * 4,
        },
        "silver/interactions": {
            "user_id": [ANN, BOB], "item_id": ["i1", "i1"], "item_index": pa.array([0, 0], pa.int32()),
            "weight": [1.0, 1.0], "first_ts": pa.array([DAY] * 2, pa.timestamp("us", "UTC")),
            "last_ts": pa.array([DAY] * 2, pa.timestamp("us", "UTC")), "position": pa.array([1, 1], pa.int32()),
        },
        "silver/objections": objections_of([(BOB, "item", "not_interested", "i3")]),
        "gold/recommendations": lists_of({ANN: ["i2", "i3", "i4"], BOB: ["i3", "i2"]}),
        "graph/item_edges": {"src": ["i1", "i1"], "dst": ["i2", "i3"], "weight": [0.5, 0.9],
                             "pair_count": pa.array([2, 4], pa.int64())},
        "bronze/items": {"item_id": list(ITEMS), "source": ["shop"] * 4, "attributes": pa.array(
            [[("year", "1979")], [], [], []], pa.map_(pa.string(), pa.string()))},
    }  # fmt: skip
    for name, columns in tables.items():
        write_delta(root / name, columns)
    return root
