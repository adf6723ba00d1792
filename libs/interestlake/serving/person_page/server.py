"""A server on this machine alone for one person's page: GET shows it, POST /say writes what the buttons say."""

import hmac
import json
import logging
import re
import secrets
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import SplitResult, parse_qs, urlsplit

from ...core.errors import InterestlakeError

LOG = logging.getLogger("interestlake")
HOST = "127.0.0.1"
MOST_BYTES = 4096
PATIENCE = 1.2  # seconds that an answer waits for the lake
DOES = {
    "not_interested": ("item", "interest"),
    "withdraw": ("item", "interest"),
    "forget": ("item", "interest", "everything"),
}
LENGTH = re.compile("[0-9]{1,9}")
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class PageServer(ThreadingHTTPServer):
    """Answers on 127.0.0.1 only, to requests that carry the token of this start; one write at a time.

    page(token) -> HTML; say(do, kind, id) -> (message, whether the page is still there), and counts what it changed.
    What is said is written behind: an answer that is not there within PATIENCE seconds is 202 with a ticket, and GET
    /said?ticket= asks for it again. `server_close` waits for what was begun.
    """

    daemon_threads = True
    changes = 0

    def __init__(self, port: int, page: Callable[[str], str], say: Callable[[str, str, str], tuple[str, bool]]):
        super().__init__((HOST, port), _Handler)
        self.token, self.page, self.say, self.writing = secrets.token_urlsafe(24), page, say, threading.Lock()
        self.hosts = {f"{name}:{self.server_port}" for name in (HOST, "localhost")}
        self.writer, self.begun = ThreadPoolExecutor(1, "said"), {}

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_port}/?token={self.token}"

    def begin(self, does: str, kind: str, thing: str) -> str:
        """Begin to write what was said -> its ticket."""
        ticket = secrets.token_urlsafe(12)
        self.begun[ticket] = self.writer.submit(self._written, does, kind, thing)
        return ticket

    def answer_of(self, ticket: str) -> tuple[int, dict]:
        """(status, answer) of what was begun: 202 while it is being written, 404 for a ticket that was answered."""
        if (writing := self.begun.get(ticket)) is None:
            return 404, {"message": "nothing is being written under this ticket"}
        try:
            answer = writing.result(PATIENCE)
        except TimeoutError:
            return 202, {"message": "This is being written; the page follows when it is done.", "ticket": ticket}
        self.begun.pop(ticket, None)
        return answer

    def _written(self, does: str, kind: str, thing: str) -> tuple[int, dict]:
        with self.writing:
            try:
                message, there = self.say(does, kind, thing)
                self.changes += 1
                return 200, {"message": message, "page": self.page(self.token) if there else None}
            except InterestlakeError as fault:
                return 422, {"message": str(fault)}
            except Exception:
                LOG.exception("%s %s failed", does, kind)
                return 500, {"message": "the lake could not be written; the terminal says why"}

    def handle_error(self, request: object, client_address: object) -> None:
        fault = sys.exception()
        if not isinstance(fault, ConnectionError):
            LOG.error("a request could not be answered: %s: %s", type(fault).__name__, fault)
        LOG.debug("its place", exc_info=True)

    def server_close(self) -> None:
        super().server_close()
        self.writer.shutdown(wait=True)


class _Handler(BaseHTTPRequestHandler):
    server: PageServer  # pyrefly: ignore[bad-override-mutable-attribute]  # nothing else makes handlers
    timeout = 30

    def do_GET(self) -> None:
        self._answered(self._get)

    def do_POST(self) -> None:
        self._answered(self._post)

    def _answered(self, answer: Callable[[], None]) -> None:
        """A fault of ours is a line and 500; those of the connection are left to the server."""
        try:
            answer()
        except (ConnectionError, TimeoutError):
            raise
        except Exception as fault:
            LOG.error("%s could not be answered: %s: %s", self.command, type(fault).__name__, fault)
            LOG.debug("its place", exc_info=True)
            self._tell(500, {"message": "this could not be answered; the terminal says why"})

    def _get(self) -> None:
        asked = _split(self.path)
        if asked.path == "/said":
            if not self._allowed(self.headers.get("X-Interestlake-Token", "")):
                return self._tell(403, {"message": "another token: reload the address that the command printed"})
            return self._tell(*self.server.answer_of(parse_qs(asked.query).get("ticket", [""])[0]))
        if asked.path != "/":
            return self._tell(404, {"message": "there is only /"})
        if not self._allowed(parse_qs(asked.query).get("token", [""])[0]):
            return self._tell(403, {"message": "open the address that the command printed"})
        with self.server.writing:
            self._answer(200, "text/html; charset=utf-8", self.server.page(self.server.token).encode())

    def _post(self) -> None:
        allowed = self._allowed(self.headers.get("X-Interestlake-Token", ""))
        origin = self.headers.get("Origin")
        if not allowed or not (origin is None or _split(origin).netloc in self.server.hosts):
            return self._tell(403, {"message": "another token: reload the address that the command printed"})
        if self.path != "/say":
            return self._tell(404, {"message": "POST goes to /say"})
        if (said := self._said()) is None:
            return self._tell(400, {"message": f"expected do, kind, id with do in {', '.join(DOES)}"})
        self._tell(*self.server.answer_of(self.server.begin(*said)))

    def _said(self) -> tuple[str, str, str] | None:
        """(do, kind, id) of the body, None where it says no such thing."""
        length = self.headers.get("Content-Length", "")
        # int() takes more than a header may say, and a body that never comes would be waited for
        if not LENGTH.fullmatch(length) or not 0 < int(length) <= MOST_BYTES:
            return None
        try:
            asked = json.loads(self.rfile.read(int(length)))
            does, kind, thing = (asked[name] for name in ("do", "kind", "id"))
            if kind not in DOES[does] or not isinstance(thing, str) or not (thing or kind == "everything"):
                return None
            thing.encode()  # half a character is none
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        return does, kind, thing

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

    def log_message(self, format: str, *args: object) -> None:
        LOG.debug(format, *args)  # the address holds the token


def _split(address: str) -> SplitResult:
    """Its parts; none of an address that is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")
