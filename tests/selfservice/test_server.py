"""The server of one page without a lake: what takes long is answered at once, and asked for again."""

import json
import threading
import time
import urllib.error
import urllib.request

import pytest

from interestlake.core.errors import BadInput
from interestlake.serving.person_page.server import PageServer

AT_ONCE = 2.0  # seconds


@pytest.fixture
def served():
    """(server, gate): what is said waits for the gate; the first word of the thing decides how it ends."""
    gate = threading.Event()

    def say(does, kind, thing):
        gate.wait(30)
        if thing == "unknown":
            raise BadInput.of("item 'unknown'", found="none", expected="an item", where="the page")
        if thing == "broken":
            raise RuntimeError("no disk")
        return f"{does} {thing}", kind != "everything"

    server = PageServer(0, lambda token: f"<p>{token}</p>", say)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, gate
    gate.set()
    server.shutdown()
    server.server_close()


def call(server, path, body=None, token=None):
    headers = {"X-Interestlake-Token": server.token if token is None else token}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{server.server_port}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def test_what_takes_long_is_answered_within_two_seconds_and_told_when_it_is_done(served):
    server, gate = served
    began = time.perf_counter()
    status, told = call(server, "/say", {"do": "not_interested", "kind": "item", "id": "m1"})
    assert status == 202 and time.perf_counter() - began < AT_ONCE and "being written" in told["message"]
    ticket = f"/said?ticket={told['ticket']}"
    assert call(server, ticket)[0] == 202
    gate.set()
    assert call(server, ticket) == (200, {"message": "not_interested m1", "page": f"<p>{server.token}</p>"})
    assert call(server, ticket)[0] == 404  # told once


def test_what_is_quick_is_told_at_once_and_faults_keep_their_words(served):
    server, gate = served
    gate.set()
    assert call(server, "/say", {"do": "forget", "kind": "everything", "id": ""}) == (
        200, {"message": "forget ", "page": None})  # fmt: skip
    status, told = call(server, "/say", {"do": "forget", "kind": "item", "id": "unknown"})
    assert status == 422 and "item 'unknown': found none" in told["message"]
    assert call(server, "/say", {"do": "forget", "kind": "item", "id": "broken"})[0] == 500


def test_a_ticket_needs_the_token(served):
    server, _ = served
    _, told = call(server, "/say", {"do": "withdraw", "kind": "item", "id": "m1"})
    assert call(server, f"/said?ticket={told['ticket']}", token="another")[0] == 403
    assert call(server, "/said?ticket=none")[0] == 404


def test_what_was_begun_is_written_before_the_server_ends(served):
    server, gate = served
    call(server, "/say", {"do": "withdraw", "kind": "item", "id": "m1"})
    [writing] = server.begun.values()
    threading.Timer(0.3, gate.set).start()
    server.shutdown()
    server.server_close()
    assert writing.result(0)[0] == 200
