"""What the routes answer: lists, filters, refusals, keys, limits; over a planted store and a planted ranker."""

import threading
import time
from types import SimpleNamespace

import pandas as pd
import pytest
from fastapi.testclient import TestClient

from interestlake.core.errors import BadInput
from interestlake.core.plain_lake import PlainLake
from interestlake.serving.service import app as routes
from interestlake.serving.service.access import Access, Key, hash_of
from interestlake.serving.service.answers import Answers
from interestlake.serving.service.app import Parts, service
from interestlake.serving.service.figures import Figures
from interestlake.serving.service.layers import MOST_BYTES
from interestlake.serving.service.mirror import follow
from interestlake.serving.service.released import Released
from interestlake.serving.service.saying import Saying
from interestlake.serving.service.sqlite_store import SqliteStore

from .planted import ANN, BOB, EVE, write_lake


class PlantedRanker:
    """Lists everything that is not in the history, in the catalogue's order, and says which version it is."""

    def __init__(self, version):
        self.version, self.asked = version, []

    def predict(self, requests):
        self.asked.append(requests.to_dict("records"))
        [request] = requests.to_dict("records")
        rows = [item for item in ("i1", "i2", "i3", "i4") if item not in (request.get("history") or [])]
        return pd.DataFrame([{"item_id": item, "score": 1.0, "reason": f"version {self.version}"}
                             for item in rows[: request["k"]]])  # fmt: skip


def released(versions=("1",)):
    left = list(versions)
    return Released(lambda: left.pop(0) if len(left) > 1 else left[0], PlantedRanker)


@pytest.fixture
def made(tmp_path):
    """.client and what it is made of; `make(...)` makes one with other parts."""
    lake = PlainLake(str(write_lake(tmp_path / "lake")))
    store = SqliteStore(tmp_path / "online.sqlite", lake.root)
    follow(lake, store)
    said = []
    gate = threading.Event()
    gate.set()

    def say(*what):
        assert gate.wait(30)
        said.append(what)
        if what[3] == "bad":
            raise BadInput("no such item")
        return "written"

    saying = Saying(say)

    def make(ranker=None, access=None, words=None, saying=saying, noting=None):
        answers = Answers(store, ranker, saying, "no key file", noting)
        parts = Parts(answers, access or Access(), Figures(), words, lambda: store.there("silver.users"))
        return TestClient(service(parts), raise_server_exceptions=False)

    yield SimpleNamespace(make=make, client=make(released()), said=said, gate=gate, store=store, saying=saying)
    gate.set()
    saying.close()
    store.close()


def items(answer):
    assert answer.status_code == 200, answer.text
    return [row["item_id"] for row in answer.json()["items"]]


def test_a_list_is_the_lakes_without_what_was_refused(made):
    answer = made.client.get(f"/v1/people/{ANN}/recommendations?k=2")
    assert answer.json() == {"list_id": None, "person": "known", "source": "lake", "made_by": "r1", "items": [
        {"rank": 1, "item_id": "i2", "title": "Up", "score": 1.0, "reason": "Because of i2."},
        {"rank": 2, "item_id": "i3", "title": "Heat", "score": 0.5, "reason": "Because of i3."}]}  # fmt: skip
    assert answer.headers["cache-control"] == "no-store"
    assert items(made.client.get(f"/v1/people/{BOB}/recommendations?k=1")) == ["i2"]  # i3 was said no to


def test_a_list_that_is_too_short_is_the_rankers(made):
    answer = made.client.get(f"/v1/people/{BOB}/recommendations?k=3")
    assert answer.json()["source"] == "ranker" and answer.json()["made_by"] == "1"
    assert items(answer) == ["i1", "i2", "i4"]
    assert items(made.client.get(f"/v1/people/{ANN}/recommendations?k=2&exclude=i2&exclude=i4")) == ["i1", "i3"]
    crime = made.client.get(f"/v1/people/{ANN}/recommendations?k=2&category=Crime")
    assert items(crime) == ["i3", "i4"] and crime.json()["source"] == "lake"
    assert items(made.client.get(f"/v1/people/{ANN}/recommendations?k=9&category=Crime")) == ["i3", "i4"]


def test_a_history_that_is_sent_and_nobody(made):
    answer = made.client.post("/v1/recommendations", json={"history": ["i1", "i3"], "k": 5})
    assert items(answer) == ["i2", "i4"] and answer.json()["person"] == "unknown"
    for wanted in ({"k": 2}, {"user_id": "stranger", "k": 2}):
        answer = made.client.post("/v1/recommendations", json=wanted)
        assert items(answer) == ["i1", "i2"] and answer.json()["person"] == "unknown"
    bare = made.make(None)
    assert items(bare.get(f"/v1/people/{ANN}/recommendations")) == ["i2", "i3", "i4"]  # as many as there are
    told = bare.get("/v1/people/stranger/recommendations")
    assert told.status_code == 404 and "no ranker is served" in told.json()["error"]


def test_likenesses_reasons_and_profiles(made):
    assert [(row["item_id"], row["people"]) for row in made.client.get("/v1/items/i1/similar").json()["items"]] == [
        ("i3", 4),
        ("i2", 2),
    ]
    assert [row["item_id"] for row in made.client.get("/v1/items/i3/similar").json()["items"]] == ["i1"]
    told = made.client.get(f"/v1/people/{ANN}/reasons/i2").json()
    assert (told["rank"], told["reason"], told["title"]) == (1, "Because of i2.", "Up")
    assert told["rests_on"] == [{"item_id": "i1", "title": "Alien"}]
    assert {"kind": "together", "text": "at least 2 people who chose “Alien” also chose this"} in told["statements"]
    assert made.client.get(f"/v1/people/{ANN}/reasons/i1").json()["rank"] is None
    assert made.client.get(f"/v1/people/{BOB}/profile").json()["refused"] == [
        {"kind": "item", "id": "i3", "name": "Heat"}
    ]
    for path, says in (
        ("/v1/items/none/similar", "no item"),
        ("/v1/people/nobody/profile", "nobody is known"),
        (f"/v1/people/{ANN}/reasons/none", "no item"),
        (f"/v1/people/{ANN}/similar", "`interestlake people` makes it"),
        ("/v1/feedback/none", "no such ticket"),
    ):
        answer = made.client.get(path)
        assert answer.status_code == 404 and says in answer.json()["error"], path


def test_what_is_said_is_heeded_at_once_and_written_behind(made):
    made.gate.clear()
    answer = made.client.post(f"/v1/people/{ANN}/feedback", json={"does": "not_interested", "kind": "item", "id": "i2"})
    assert answer.status_code == 202
    place = f"/v1/feedback/{answer.json()['ticket']}"
    assert made.client.get(place).json()["state"] == "waiting" and not made.said
    assert items(made.client.get(f"/v1/people/{ANN}/recommendations?k=2")) == ["i3", "i4"]
    made.client.post(f"/v1/people/{EVE}/feedback", json={"does": "forget", "kind": "everything"})
    assert made.client.get(f"/v1/people/{EVE}/profile").status_code == 404
    assert made.client.get(f"/v1/people/{EVE}/recommendations").json()["person"] == "unknown"
    bad = made.client.post(f"/v1/people/{ANN}/feedback", json={"does": "forget", "kind": "item", "id": "bad"})
    made.gate.set()
    until(lambda: made.client.get(f"/v1/feedback/{bad.json()['ticket']}").json()["state"] == "failed")
    assert made.client.get(place).json() == {"state": "done", "message": "written"}
    assert made.said[0] == (ANN, "not_interested", "item", "i2") and len(made.said) == 3
    assert made.client.get(f"/v1/feedback/{bad.json()['ticket']}").json()["message"] == "no such item"
    assert made.make(saying=None).post(f"/v1/people/{ANN}/feedback", json={"does": "forget", "kind": "item",
                                                                         "id": "i1"}).status_code == 404  # fmt: skip


def until(met) -> None:
    for _ in range(200):
        if met():
            return
        time.sleep(0.05)
    raise AssertionError("not within ten seconds")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"k": 0}, "body.k"),
        ({"k": 1001}, "body.k"),
        ({"k": "5"}, "body.k"),
        ({"k": True}, "body.k"),
        ({"history": "i1"}, "body.history"),
        ({"history": [""]}, "body.history.0"),
        ({"history": ["i"] * 5001}, "body.history"),
        ({"user_id": "u" * 513}, "body.user_id"),
        ({"wat": 1}, "body.wat"),
    ],
)
def test_what_does_not_fit_is_said_by_its_place(made, body, where):
    answer = made.client.post("/v1/recommendations", json=body)
    assert answer.status_code == 422 and where in [fault["where"] for fault in answer.json()["faults"]]
    assert "u" * 20 not in answer.text


def test_bodies_that_are_too_long_or_none(made):
    huge = b'{"user_id": "' + b"u" * MOST_BYTES + b'"}'
    assert made.client.post("/v1/recommendations", content=huge).status_code == 413
    parts = (b"x" * 100_000 for _ in range(5))  # no length is said
    assert made.client.post("/v1/recommendations", content=parts).status_code == 413
    for body in (b"{", b"\xff\xfe", b"[1]", b"null"):
        answer = made.client.post("/v1/recommendations", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422, body
    answer = made.client.post(f"/v1/people/{ANN}/feedback", json={"does": "withdraw", "kind": "everything"})
    assert answer.status_code == 422
    assert made.client.get("/v2/none").status_code == 404 and made.client.put("/v1/ask").status_code == 405


DEEP, HALF = b"[" * 60_000, b'"\\ud800"'


@pytest.mark.parametrize("body", [DEEP, b'{"history": ' + DEEP, b'{"k":' * 30_000, b'{"user_id": %s}' % HALF,
                                  b'{"history": [%s]}' % HALF, b'{"exclude": [%s]}' % HALF, b'{%s: 1}' % HALF,
                                  b'{"categories": [%s]}' % HALF, b'{"request": %s}' % HALF,
                                  b'{"request": "films", "user_id": %s}' % HALF, b'{"k": ' + b"9" * 5000 + b"}",
                                  b'{"does": "forget", "kind": "item", "id": %s}' % HALF,
                                  b'{"does": %s, "kind": "item", "id": "i1"}' % HALF])  # fmt: skip
def test_bodies_that_nest_too_deep_or_hold_half_a_character_are_refused(made, body):
    client = made.make(released(), words=lambda *asked: {"request": asked[0]})
    for path in ("/v1/recommendations", "/v1/ask", f"/v1/people/{ANN}/feedback"):
        answer = client.post(path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422) and answer.json()["error"], (path, answer.text)
    assert not made.said


def test_addresses_that_are_no_text_are_answered(made):
    for odd in ("%ed%a0%80", "%ff", "%00", "%F0%9F"):
        for path in (f"/v1/people/{odd}/recommendations", f"/v1/people/{odd}/profile", f"/v1/people/{odd}/similar",
                     f"/v1/items/{odd}/similar", f"/v1/people/{ANN}/reasons/{odd}", f"/v1/feedback/{odd}",
                     f"/v1/people/{ANN}/recommendations?exclude={odd}&category={odd}&k={odd}"):  # fmt: skip
            assert made.client.get(path).status_code < 500, path
        feedback = {"does": "forget", "kind": "item", "id": "i1"}
        assert made.client.post(f"/v1/people/{odd}/feedback", json=feedback).status_code < 500


def test_keys_scopes_and_rates(made):
    now = [0.0]
    keys = [Key("page", hash_of("k1"), frozenset({"read"}), 2.0), Key("job", hash_of("k2"), frozenset({"feedback"}))]
    client = made.make(released(), Access({key.sha256: key for key in keys}, lambda: now[0]))
    path, mine = f"/v1/people/{ANN}/recommendations", {"Authorization": "Bearer k1"}
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    for header in ({}, {"Authorization": "Bearer k3"}, {"Authorization": "Basic k1"}, {"Authorization": "k1"}):
        answer = client.get(path, headers=header)
        assert answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer"
    assert client.get(path, headers={"Authorization": "Bearer k2"}).status_code == 403
    assert client.get("/metrics", headers=mine).status_code == 403
    everything = {"does": "forget", "kind": "everything"}
    assert client.post(f"/v1/people/{ANN}/feedback", headers=mine, json=everything).status_code == 403
    assert [client.get(path, headers=mine).status_code for _ in range(5)] == [200] * 4 + [429]
    assert int(client.get(path, headers=mine).headers["retry-after"]) >= 1
    now[0] = 0.5
    assert [client.get(path, headers=mine).status_code for _ in range(2)] == [200, 429]
    assert not made.said


def test_a_moved_alias_swaps_the_ranker_and_a_broken_one_does_not(made):
    found = {"version": "1"}

    def load(version):
        if version == "2":
            raise BadInput("cut file")
        return PlantedRanker(version)

    one = Released(lambda: found["version"], load)
    client = made.make(one)

    def answer():
        row = client.post("/v1/recommendations", json={"history": ["i1"], "k": 1}).json()
        return row["made_by"], row["items"][0]["reason"]

    assert answer() == ("1", "version 1") and not one.look()
    found["version"] = "2"
    assert not one.look() and answer() == ("1", "version 1")
    found["version"] = "3"
    assert one.look() and answer() == ("3", "version 3") and client.get("/readyz").json()["model"] == "3"


def test_an_answer_that_takes_too_long_and_one_that_fails(made, monkeypatch):
    monkeypatch.setattr(routes, "PATIENCE_S", 0.2)
    slow = threading.Event()
    client = made.make(released(), words=lambda *asked: slow.wait(20) or {})
    began = time.monotonic()
    answer = client.post("/v1/ask", json={"request": "films"})
    slow.set()
    assert answer.status_code == 504 and answer.json() == {"error": "no answer in time"}
    assert time.monotonic() - began < 5

    def broken(*asked):
        raise RuntimeError("secret path")

    answer = made.make(released(), words=broken).post("/v1/ask", json={"request": "films"})
    assert answer.status_code == 500 and "secret" not in answer.text
    assert made.client.post("/v1/ask", json={"request": "films"}).status_code == 404


def test_figures_by_route_and_no_id_among_them(made):
    made.client.get(f"/v1/people/{ANN}/recommendations")
    made.client.get(f"/v1/people/{ANN}/reasons/none")
    text = made.client.get("/metrics").text
    assert 'interestlake_requests_total{route="/v1/people/{user_id:path}/recommendations",status="200"} 1.0' in text
    assert 'status="404"' in text and 'interestlake_lists_total{person="known",source="ranker"} 1.0' in text
    assert ANN not in text


def test_every_route_is_described(made):
    told = made.client.get("/openapi.json").json()
    assert len(told["paths"]) == 13 and all(
        one.get("summary") for path in told["paths"].values() for one in path.values()
    )
