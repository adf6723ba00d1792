"""What a service notes: chances that add up, files that outlive their writer, events taken all or not at all."""

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from interestlake.core import journal
from interestlake.core.journal import Journal, whole_files
from interestlake.serving.service.explore import explore
from interestlake.serving.service.noting import Noting

from .planted import ANN, BOB
from .test_routes import items, made, released

__all__ = ["made"]
RANKED = [{"item_id": f"i{n}", "score": float(-n)} for n in range(20)]


class Draws(random.Random):
    """Chance that says what it is told to."""

    def __init__(self, first, *places):
        super().__init__()
        self.first, self.places = first, list(places)

    def random(self):
        return self.first

    def randrange(self, *bounds):
        return self.places.pop(0)


@pytest.mark.parametrize(("k", "ranked"), [(10, RANKED), (5, RANKED), (5, RANKED[:7]), (1, RANKED[:2])])
def test_the_chances_of_all_outcomes_are_those_that_are_told(k, ranked):
    """Every draw enumerated: at each place each item is shown as often as its propensity says."""
    share, lower, following = 0.2, k - k // 2, len(ranked[k : 2 * k])
    shown, told = Counter(), {}
    outcomes = [(1 - share, Draws(0.9))] + [
        (share / (lower * following), Draws(0.1, place, item))
        for place, item in itertools.product(range(lower), range(following))
    ]
    for weight, draws in outcomes:
        one = explore(ranked, k, share, draws)
        for place, (row, propensity) in enumerate(zip(one.rows, one.propensities, strict=True)):
            shown[place, row["item_id"]] += weight
            told[place, row["item_id"]] = propensity
    assert len(told) == k + lower * following
    assert {key: pytest.approx(value) for key, value in shown.items()} == told


def test_nothing_is_drawn_where_nothing_may_be():
    for ranked, share in ((RANKED, 0.0), (RANKED[:10], 0.2), ([], 0.2)):
        shown = explore(ranked, 10, share, Draws(0.0))
        assert list(shown.rows) == ranked[:10] and set(shown.propensities) <= {1.0}


def test_a_journals_file_is_whole_when_it_is_ended_old_or_full(tmp_path, monkeypatch):
    one = Journal(tmp_path / "journal", "served")
    assert whole_files(tmp_path / "journal", "served") == []
    one.add([{"n": 1}])
    one.turn()
    assert whole_files(tmp_path / "journal", "served") == []  # young, and its writer lives
    monkeypatch.setattr(journal, "MOST_S", 0.0)
    one.turn()
    monkeypatch.setattr(journal, "MOST_LINES", 1)
    one.add([{"n": 2}])
    one.add([{"n": 3}])
    one.close()
    one.close()
    files = whole_files(tmp_path / "journal", "served")
    assert [json.loads(line)["n"] for file in files for line in file.read_text().splitlines()] == [1, 2, 3]
    assert len(files) == 3 and all(file.stat().st_mode & 0o777 == 0o600 for file in files)
    assert whole_files(tmp_path / "journal", "events") == [] == whole_files(tmp_path / "none", "served")


def test_lines_outlive_a_killed_writer_and_its_file_is_ended(tmp_path):
    program = (
        "import sys, time, pathlib; from interestlake.core.journal import Journal\n"
        "journal = Journal(pathlib.Path(sys.argv[1]), 'events')\n"
        "journal.add([{'n': n} for n in range(1000)]); print('there', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", program, tmp_path / "j"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None and process.stdout.readline() == "there\n"
    assert whole_files(tmp_path / "j", "events") == []
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    [file] = whole_files(tmp_path / "j", "events")
    assert len(file.read_text().splitlines()) == 1000


def test_a_file_that_is_taken_before_it_is_locked_is_left_for_another(tmp_path, monkeypatch):
    lock, taken = journal.fcntl.flock, []

    def late(file, how):
        if not taken and how == journal.fcntl.LOCK_EX:
            taken.append(True)
            for path in whole_files(tmp_path, "events"):
                path.unlink()
        return lock(file, how)

    monkeypatch.setattr(journal.fcntl, "flock", late)
    one = Journal(tmp_path, "events")
    one.add([{"n": 1}])
    one.close()
    assert taken and [path.read_text() for path in whole_files(tmp_path, "events")] == ['{"n": 1}\n']


def test_a_full_disk_leaves_no_part_of_a_line(tmp_path, monkeypatch):
    one = Journal(tmp_path, "served")
    one.add([{"n": 1}])
    write, calls = os.write, iter((3, None))

    def full(file, text):
        some = next(calls)
        if some is None:
            raise OSError(28, "No space left on device")
        return write(file, text[:some])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        one.add([{"n": 2}])
    monkeypatch.setattr(os, "write", write)
    one.add([{"n": 3}])
    one.close()
    [file] = whole_files(tmp_path, "served")
    assert file.read_text() == '{"n": 1}\n{"n": 3}\n'


def lines(noting, folder, kind):
    noting.close()
    return [json.loads(line) for file in whole_files(folder, kind) for line in file.read_text().splitlines()]


def test_a_list_is_noted_as_it_was_shown(made, tmp_path):
    noting = Noting(tmp_path / "journal", 0.0)
    client = made.make(released(), noting=noting)
    answer = client.get(f"/v1/people/{ANN}/recommendations?k=2").json()
    client.get("/v1/people/stranger/recommendations?k=2")  # nobody known: nothing is noted
    [line] = lines(noting, tmp_path / "journal", "served")
    assert line["list_id"] == answer["list_id"] and line["user_id"] == ANN and line["made_by"] == "r1"
    assert [(one["item_id"], one["score"], one["propensity"]) for one in line["items"]] == [
        (row["item_id"], row["score"], 1.0) for row in answer["items"]
    ]
    assert abs(line["at"] - time.time()) < 60


def test_a_drawn_item_stands_in_the_answer_and_in_the_note(made, tmp_path):
    noting = Noting(tmp_path / "journal", 1.0)  # conf allows no more than a fifth
    client = made.make(released(), noting=noting)
    answer = client.get(f"/v1/people/{BOB}/recommendations?k=2")
    assert items(answer) == ["i1", "i4"] and [row["rank"] for row in answer.json()["items"]] == [1, 2]
    [line] = lines(noting, tmp_path / "journal", "served")
    assert [(one["item_id"], one["propensity"]) for one in line["items"]] == [("i1", 1.0), ("i4", 1.0)]


def test_events_are_taken_all_or_not_at_all(made, tmp_path):
    noting = Noting(tmp_path / "journal")
    client = made.make(released(), noting=noting)
    path = f"/v1/people/{ANN}/events"
    good = {"events": [{"item_id": "i2", "event_type": "view"},
                       {"item_id": "i1", "event_type": "rating", "value": 4, "timestamp": 1e9}]}  # fmt: skip
    answer = client.post(path, json=good)
    assert (answer.status_code, answer.json()) == (202, {"taken": 2})
    for body, status, says in (
        ({"events": [*good["events"], {"item_id": "none", "event_type": "view"}]}, 404, "event 3"),
        ({"events": []}, 422, ""),
        ({"events": [{"item_id": "i2", "event_type": "tag"}]}, 422, "event_type"),
        ({"events": [{"item_id": "i2", "event_type": "rating"}]}, 422, "needs a value"),
        ({"events": [{"item_id": "i2", "event_type": "view", "timestamp": -1}]}, 422, "timestamp"),
        ({"events": [{"item_id": "i2", "event_type": "view", "colour": 1}]}, 422, "colour"),
    ):
        answer = client.post(path, json=body)
        assert answer.status_code == status and says in answer.text, answer.text
    assert client.post("/v1/people/stranger/events", json=good).status_code == 404  # no key, no pseudonym
    assert made.client.post(path, json=good).status_code == 404  # read-only
    first, second = lines(noting, tmp_path / "journal", "events")
    assert (first["user_id"], first["item_id"], first["source"]) == (ANN, "i2", "shop")
    assert abs(first["at"] - time.time()) < 60
    assert (second["event_type"], second["value"], second["at"]) == ("rating", 4.0, 1e9)
