"""A server on this machine alone for one person's page: GET shows it, POST /say writes what the buttons say."""

import hmac
import json
import logging
import secrets
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from ...core.errors import InterestlakeError

LOG = logging.getLogger("interestlake")
HOST = "127.0.0.1"
MOST_BYTES = 4096
DOES = {
    "not_interested": ("item", "interest"),
    "withdraw": ("item", "interest"),
    "forget": ("item", "interest", "everything"),
}
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class PageServer(ThreadingHTTPServer):
    """Answers on 127.0.0.1 only, to requests that carry the token of this start; one write at a time.

    page(token) -> HTML; say(do, kind, id) -> (message, whether the page is still there), and counts what it changed.
    """

    daemon_threads = True
    changes = 0

    def __init__(self, port: int, page: Callable[[str], str], say: Callable[[str, str, str], tuple[str, bool]]):
        super().__init__((HOST, port), _Handler)
        self.token, self.page, self.say, self.writing = secrets.token_urlsafe(24), page, say, threading.Lock()
        self.hosts = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_port}/?token={self.token}"


class _Handler(BaseHTTPRequestHandler):
    server: PageServer
    timeout = 30

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path != "/":
            return self._tell(404, {"message": "there is only /"})
        if not self._allowed(parse_qs(asked.query).get("token", [""])[0]):
            return self._tell(403, {"message": "open the address that the command printed"})
        with self.server.writing:
            self._answer(200, "text/html; charset=utf-8", self.server.page(self.server.token).encode())

    def do_POST(self) -> None:
        origin = self.headers.get("Origin")
        same = origin is None or urlsplit(origin).netloc in self.server.hosts
        if not same or not self._allowed(self.headers.get("X-Interestlake-Token", "")):
            return self._tell(403, {"message": "another token: reload the address that the command printed"})
        if self.path != "/say":
            return self._tell(404, {"message": "POST goes to /say"})
        try:
            length = int(self.headers.get("Content-Length", ""))
            asked = json.loads(self.rfile.read(length)) if 0 < length <= MOST_BYTES else None
            does, kind, thing = (asked[name] for name in ("do", "kind", "id"))
            fits = kind in DOES[does] and isinstance(thing, str) and (thing or kind == "everything")
        except (ValueError, KeyError, TypeError):
            fits = False
        if not fits:
            return self._tell(400, {"message": f"expected do, kind, id with do in {', '.join(DOES)}"})
        with self.server.writing:
            try:
                message, there = self.server.say(does, kind, thing)
                self.server.changes += 1
                self._tell(200, {"message": message, "page": self.server.page(self.server.token) if there else None})
            except InterestlakeError as fault:
                self._tell(422, {"message": str(fault)})
            except Exception:
                LOG.exception("%s %s failed", does, kind)
                self._tell(500, {"message": "the lake could not be written; the terminal says why"})

    def _allowed(self, token: str) -> bool:
        # a page elsewhere that resolves its name to this machine brings its own name along
        same = hmac.compare_digest(token.encode(), self.server.token.encode())
        return same and self.headers.get("Host") in self.server.hosts

    def _tell(self, status: int, answer: dict) -> None:
        self._answer(status, "application/json", json.dumps(answer).encode())

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store"),
                            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
                            ("Content-Security-Policy", POLICY)):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form: str, *values) -> None:
        LOG.debug(form, *values)  # the address holds the token
