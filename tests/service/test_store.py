"""The online store holds what the lake holds, and follows it file by file; every kind of store alike."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from interestlake.core.errors import BadInput, Unreadable
from interestlake.core.plain_lake import PlainLake
from interestlake.serving.service.mirror import TABLES, follow, follow_in, own_store
from interestlake.serving.service.sqlite_store import SqliteStore

from ..delta_files import change_delta, write_delta
from .planted import ANN, BOB, EVE, lists_of, objections_of, write_lake


@pytest.fixture
def lake(tmp_path):
    return PlainLake(str(write_lake(tmp_path / "lake")))


@pytest.fixture(params=["sqlite"])
def store(request, lake, tmp_path):
    made = {"sqlite": lambda: SqliteStore(tmp_path / "online.sqlite", lake.root)}[request.param]()
    yield made
    made.close()


def same(lake, store) -> None:
    for name in TABLES:
        assert store.there(name) == lake.there(name), name
        if not lake.there(name):
            continue
        columns = [one for one in lake.plain_table(name).schema().names if one != "text"]
        key = {one: sorted(map(repr, rows.of(name, columns))) for one, rows in (("lake", lake), ("store", store))}
        assert key["lake"] == key["store"], name
        assert store.version(name) == lake.version(name)


def test_equal_records_of_every_type(lake, store):
    assert set(follow(lake, store)) == {name for name in TABLES if lake.there(name)}
    same(lake, store)
    assert follow(lake, store) == []
    [row] = store.of("gold.recommendations", ["sources", "evidence", "unheard"], {"user_id": [ANN], "rank": [2]})
    assert row == {"sources": [{"source": "als", "share": 1.0}], "evidence": ["i1"], "unheard": None}
    [row] = store.of("bronze.items", ["attributes"], {"item_id": ["i1"]})
    assert row == {"attributes": {"year": "1979"}}
    [row] = store.of("silver.interactions", ["first_ts"], {"user_id": [BOB]})
    assert row["first_ts"].isoformat() == "2020-05-01T00:00:00"
    assert store.of("silver.users", ["user_id"], {"user_id": []}) == []
    assert store.of("silver.items", ["text"], {"item_id": ["i1"]}) == [{"text": None}]  # too long, and not asked for
    with pytest.raises(Unreadable, match="no table gold.people"):
        store.of("gold.people", ["user_id"])


def test_files_that_come_and_go_and_columns_that_are_new(lake, store):
    follow(lake, store)
    folder = f"{lake.root}/gold/recommendations"
    newer = lists_of({ANN: ["i4"], EVE: ["i2"]}, "r2") | {"code": ["interest", "alike"]}
    change_delta(Path(folder), {"second.parquet": newer})
    assert follow(lake, store) == ["gold.recommendations"]
    same(lake, store)
    assert store.files("gold.recommendations") == set(lake.plain_table("gold.recommendations").files())
    assert {row["code"] for row in store.of("gold.recommendations", ["code"])} == {None, "interest", "alike"}
    change_delta(Path(folder), {}, ["part.parquet"])
    assert follow(lake, store) == ["gold.recommendations"]
    same(lake, store)
    assert {row["run_id"] for row in store.of("gold.recommendations", ["run_id"])} == {"r2"}


def test_a_table_that_is_gone_or_made_anew(lake, store, tmp_path):
    follow(lake, store)
    folder = Path(lake.root) / "silver/objections"
    change_delta(folder, {"more.parquet": objections_of([(ANN, "item", "not_interested", "i2")])})
    follow(lake, store)
    shutil.rmtree(folder)
    fresh = PlainLake(lake.root)
    assert follow(fresh, store) == ["silver.objections"] and not store.there("silver.objections")
    write_delta(folder, objections_of([(EVE, "item", "not_interested", "i4")]))
    assert follow(PlainLake(lake.root), store) == ["silver.objections"]
    assert store.of("silver.objections", ["user_id"]) == [{"user_id": EVE}]


def test_a_change_is_seen_whole_or_not_at_all_and_a_failure_leaves_what_was(lake, store, monkeypatch):
    follow(lake, store)
    further = {"user_id": ["f" * 64], "user_index": pa.array([3], pa.int32())}
    change_delta(Path(f"{lake.root}/silver/users"), {"two.parquet": further})
    change_delta(Path(f"{lake.root}/silver/objections"), {"two.parquet": objections_of([(ANN, "item", "forget", "x")])})
    (Path(lake.root) / "silver/users/two.parquet").unlink()
    with pytest.raises(Unreadable):
        follow(PlainLake(lake.root), store)
    assert len(store.of("silver.users", ["user_id"])) == 3 and len(store.of("silver.objections", ["target"])) == 1
    assert store.version("silver.objections") == 0


def test_two_that_follow_at_once_double_nothing(lake, store):
    faults = []

    def go():
        try:
            for _ in range(3):
                follow(PlainLake(lake.root), store)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    same(lake, store)


def test_what_left_the_lake_is_in_no_page_of_the_file(lake, tmp_path):
    path = tmp_path / "online.sqlite"
    store = SqliteStore(path, lake.root)
    change_delta(Path(f"{lake.root}/silver/objections"), {"two.parquet": objections_of([(ANN, "item", "x", "SECRET")])})
    follow(lake, store)
    change_delta(Path(f"{lake.root}/silver/objections"), {}, ["two.parquet"])
    follow(lake, store)
    store.close()
    assert b"SECRET" not in b"".join(file.read_bytes() for file in tmp_path.glob("online.sqlite*"))


def test_the_lakes_own_store_follows_without_a_service(lake):
    root = Path(lake.root)
    follow_in(lake.root)  # where there is none, none is made
    assert not own_store(lake.root).exists() and own_store("s3a://bucket/lake") is None
    store = SqliteStore(own_store(lake.root), str(root.resolve()))
    follow(lake, store)
    change_delta(root / "silver/users", {}, ["part.parquet"])
    follow_in(lake.root)
    assert store.of("silver.users", ["user_id"]) == []
    store.close()


def test_a_file_of_another_lake_is_emptied_and_one_that_is_no_store_is_refused(lake, tmp_path):
    path = tmp_path / "online.sqlite"
    first = SqliteStore(path, lake.root)
    follow(lake, first)
    first.close()
    other = SqliteStore(path, "elsewhere")
    assert not other.there("silver.users") and not other.files("silver.users")
    other.close()
    (tmp_path / "text").write_text("no database, but more than a few characters of text, so that it is read as a page")
    with pytest.raises(BadInput, match="online store .*text: found file is not a database"):
        SqliteStore(tmp_path / "text", lake.root)
    with pytest.raises(BadInput, match="online store"):
        SqliteStore("/proc/none/online.sqlite", lake.root)
    assert sqlite3.connect(path).execute("SELECT root FROM __lake").fetchall() == [("elsewhere",)]
