"""Two writers of one table at once: both commits stand, whole; merges of two tables do not wait for each other."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from delta.exceptions import ConcurrentAppendException

from interestlake.core import conflicts
from interestlake.core.conflicts import patient
from interestlake.core.lake import REFUSALS, Lake

LINKS = "user_id string, friend_id string"


def refused():
    return ConcurrentAppendException("another commit came first", "", None)


def test_a_refused_call_is_made_again(spark, monkeypatch):
    monkeypatch.setattr(conflicts, "PAUSES", (0.0, 0.0))
    faults = [refused(), refused()]

    @patient(REFUSALS)
    def write(name):
        if faults:
            raise faults.pop()
        return f"{name} written"

    assert write("a") == "a written" and not faults


def test_the_last_fault_is_raised_and_another_at_once(spark, monkeypatch):
    monkeypatch.setattr(conflicts, "PAUSES", (0.0,))
    tries = []

    @patient(REFUSALS)
    def never(fault):
        tries.append(fault)
        raise fault

    with pytest.raises(ConcurrentAppendException):
        never(refused())
    assert len(tries) == 2
    with pytest.raises(KeyError):
        never(KeyError("x"))
    assert len(tries) == 3


def test_parts_of_a_table_replaced_at_once_all_stand(spark, lake):
    people = [f"p{number}" for number in range(4)]
    lake.write("silver.friends", spark.createDataFrame([(person, "old") for person in people], LINKS), "first")

    def replace(person):
        rows = spark.createDataFrame([(person, "new"), (person, "newer")], LINKS).coalesce(1)
        own = Lake(spark, lake.root)
        return own.replace_where("silver.friends", rows, f"user_id = '{person}'", f"of {person}").rows

    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(replace, people))
    found = sorted(map(tuple, lake.read("silver.friends").collect()))
    assert found == sorted((person, friend) for person in people for friend in ("new", "newer"))


def meeting(mine: Path, other: Path):
    """Rows of a task that begins, says so, and goes on once another task has begun, too."""

    def work(frames):
        mine.touch()
        until = time.monotonic() + 300
        while not other.exists():
            if time.monotonic() > until:
                raise TimeoutError(f"no task touched {other.name}")
            time.sleep(0.02)
        yield from frames

    return lambda rows: rows.coalesce(1).mapInPandas(work, rows.schema)


def test_merges_of_two_tables_run_at_the_same_time(spark, lake, tmp_path):
    """Each merge's rows come only while the other's are under way: one lock for both would never end."""
    tables = {"bronze.friends": f"{LINKS}, source string", "silver.friends": LINKS}
    for name, schema in tables.items():
        lake.write(name, spark.createDataFrame([("a", "b", "s")[: len(schema.split(", "))]], schema), "first")

    def merge(name, other):
        schema = tables[name]
        rows = spark.createDataFrame([("a", "c", "s")[: len(schema.split(", "))]], schema)
        met = rows.transform(meeting(tmp_path / name, tmp_path / other))
        return lake.write(name, met, f"run of {name}")

    names = list(tables)
    with ThreadPoolExecutor(2) as pool:
        written = list(pool.map(merge, names, reversed(names)))
    assert [one.version for one in written] == [1, 1]
    for name in names:
        assert lake.operation(name) == "MERGE" and lake.written_by(name, f"run of {name}") == 1
        assert lake.written_by(name, f"run of {names[names.index(name) - 1]}") is None
    again = lake.write("bronze.friends", spark.createDataFrame([("x", "y", "s")], tables["bronze.friends"]),
                       "run of bronze.friends")  # fmt: skip
    assert again.version == 1 and lake.read("bronze.friends").count() == 2
