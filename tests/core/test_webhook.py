"""A webhook is told once, over https or on this machine, follows nobody elsewhere, and never fails what was found."""

import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from interestlake.core.errors import BadInput
from interestlake.core.webhook import expect_webhook, tell


@pytest.fixture
def receiver():
    """(address, bodies, answer): a server on loopback that answers with answer[0] and notes what it was posted."""
    bodies, answer = [], [200]

    class Receives(BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(answer[0])
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Receives)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook?token=secret", bodies, answer
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_is_told_the_object(receiver):
    address, bodies, _ = receiver
    assert tell(address, {"text": "2024-01-15: größer"}, "HERE")
    assert bodies == [("/hook?token=secret", {"text": "2024-01-15: größer"})]


@pytest.mark.parametrize("code", [302, 307, 500])
def test_a_receiver_that_sends_away_or_fails_is_a_warning_without_the_address(receiver, code, caplog):
    address, bodies, answer = receiver
    answer[0] = code
    with caplog.at_level(logging.WARNING):
        assert not tell(address, {"text": "x"}, "HERE")
    assert [path for path, _ in bodies] == ["/hook?token=secret"]
    assert "not told" in caplog.text and "secret" not in caplog.text


def test_nobody_there_is_a_warning(caplog):
    with caplog.at_level(logging.WARNING):
        assert not tell("http://127.0.0.1:9/secret", {}, "HERE")
    assert "secret" not in caplog.text


@pytest.mark.parametrize(
    "address", ["http://example.org/x", "ftp://localhost/x", "https://", "file:///etc/passwd", "x"]
)
def test_what_may_not_be_told(address):
    with pytest.raises(BadInput, match="HERE"):
        expect_webhook(address, "HERE")


@pytest.mark.parametrize("address", ["https://example.org/x", "http://localhost:9/x", "http://[::1]:9/x"])
def test_what_may(address):
    expect_webhook(address, "HERE")
