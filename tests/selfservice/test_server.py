"""The server of one page without a lake: what takes long is answered at once, and asked for again."""

import json
import socket
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


SAYS = b'{"do": "forget", "kind": "item", "id": "m1"}'


def raw(server, body=b"", path="/say", method="POST", **headers):
    """(status, JSON) of a request that is written as it stands; a header of None is left out."""
    given = {"Host": f"127.0.0.1:{server.server_port}", "X-Interestlake-Token": server.token,
             "Content-Length": str(len(body)), **headers}  # fmt: skip
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items() if value is not None)]
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=10) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        head, _, answer = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(answer)


@pytest.mark.parametrize(("status", "body", "more"), [
    (403, SAYS, {"Origin": "http://["}),
    (403, SAYS, {"Origin": "http://elsewhere"}),
    (403, SAYS, {"Origin": "http://[", "X-Interestlake-Token": "another"}),
    (403, SAYS, {"X-Interestlake-Token": None}),
    (404, SAYS, {"path": "//["}),
    (404, b"", {"path": "http://[", "method": "GET"}),
    (403, b"", {"path": "/?token=%ff%ed%a0%80", "method": "GET"}),
    (400, b"[" * 4000, {}),
    (400, b'{"do": ' * 500, {}),
    (400, b'{"do": "forget", "kind": "item", "id": "\\ud800"}', {}),
    (400, b'{"do": "forget", "kind": "item", "id": "\xed\xa0\x80"}', {}),
    (400, b'{"do": ["forget"], "kind": "item", "id": "m1"}', {}),
    (400, b'{"do": "forget", "kind": "item", "id": null}', {}),
    (400, b'{"do": "forget", "kind": "item", "id": ""}', {}),
    (400, b"[1]", {}),
    (400, SAYS, {"Content-Length": "1_0"}),
    (400, SAYS, {"Content-Length": "+44"}),
    (400, SAYS, {"Content-Length": "-1"}),
    (400, SAYS, {"Content-Length": "9" * 5000}),
    (400, SAYS, {"Content-Length": None}),
    (200, SAYS, {}),
])  # fmt: skip
def test_odd_requests_are_refused_without_a_traceback(served, caplog, capfd, status, body, more):
    server, gate = served
    gate.set()
    assert raw(server, body, **more)[0] == status
    assert not [one for one in caplog.records if one.levelname == "ERROR"] and "Traceback" not in capfd.readouterr().err


def test_a_page_that_cannot_be_made_is_a_line(served, caplog, capfd):
    server, _ = served
    server.page = lambda token: 1 / 0
    status, told = raw(server, method="GET", path=f"/?token={server.token}")
    assert status == 500 and "terminal" in told["message"]
    assert "GET could not be answered: ZeroDivisionError" in caplog.text
    assert "Traceback" not in capfd.readouterr().err
