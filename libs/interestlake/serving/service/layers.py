"""What lies around the routes: a bound on bodies, and the count and time of every answer."""

import time

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .figures import Figures

MOST_BYTES = 256 * 1024


class TooLong(HTTPException):
    """The body has more than MOST_BYTES."""

    def __init__(self):
        super().__init__(413, f"a body of more than {MOST_BYTES:,} bytes")


class Bounded:
    """A body of more than MOST_BYTES is 413, before more of it is read, whatever its header says."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > MOST_BYTES:
                raise TooLong  # which a route that reads its body answers
            return message

        said = dict(scope["headers"]).get(b"content-length", b"0")
        if said.isdigit() and int(said) > MOST_BYTES:
            return await JSONResponse({"error": TooLong().detail}, 413)(scope, receive, send)
        await self.app(scope, counted, send)


class Counted:
    """Every answer is counted and timed by its route, never by its path, in which ids stand; none is kept by caches."""

    def __init__(self, app: ASGIApp, figures: Figures):
        self.app, self.figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (b"cache-control", b"no-store")]
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self.figures.requests.labels(route, str(status)).inc()
            self.figures.seconds.labels(route).observe(time.perf_counter() - began)
