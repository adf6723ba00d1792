"""Two writers of one table at once: both commits stand, whole."""

from concurrent.futures import ThreadPoolExecutor

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
