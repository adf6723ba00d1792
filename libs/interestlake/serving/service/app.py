"""The service's routes."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated

from anyio import CapacityLimiter, fail_after, to_thread
from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException

from ...core.errors import BadInput, Unreadable
from ..requests import DEFAULT_K, MAX_K
from .access import READ, SAY, WATCH, Access, NoKey, OutOfScope, TooMany
from .answers import Answers, Asked, NotThere
from .bodies import MOST_CATEGORIES, MOST_IDS, Events, Feedback, ListAsked, RequestAsked
from .figures import Figures
from .layers import Bounded, Counted
from .noting import Done
from .saying import DOES, Full, Said

PATIENCE_S = 10.0  # of one answer; a request in words waits for the items to be read, once
STATUS = {NoKey: 401, OutOfScope: 403, NotThere: 404, TooMany: 429, Full: 503, BadInput: 422, Unreadable: 503,
          TimeoutError: 504}  # fmt: skip
Length = Annotated[int, Query(ge=1, le=MAX_K)]
LOOK_UPS = CapacityLimiter(1)
Words = Callable[[str, str | None, int, bool], dict]  # request, user_id as known, k, include_seen -> the answer


@dataclass(frozen=True)
class Parts:
    """What the routes are made of. words: answers requests in plain words, None where that is not served; ready:
    whether the store is filled, and the items of requests in words are read."""

    answers: Answers
    access: Access
    figures: Figures
    words: Words | None
    ready: Callable[[], bool]


def service(parts: Parts) -> FastAPI:
    """The application; it holds nothing that `parts` does not."""
    app = FastAPI(title="Interestlake", version="1", description="Lists with reasons, profiles and likenesses of the "
                  "people and items of one lake.", redoc_url=None)  # fmt: skip
    app.include_router(_people(parts))
    app.include_router(_items(parts))
    app.include_router(_own(parts))
    for kind, status in STATUS.items():
        app.add_exception_handler(kind, partial(_told, status))
    app.add_exception_handler(RequestValidationError, _misfit)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _failed)
    app.add_middleware(Bounded)
    app.add_middleware(Counted, figures=parts.figures)
    return app


def _people(parts: Parts) -> APIRouter:
    router, answers = APIRouter(prefix="/v1", tags=["people"]), parts.answers
    reads, says = _needs(parts.access, READ), _needs(parts.access, SAY)

    async def listed(asked: Asked) -> dict:
        answer = await _look_up(answers.from_lake, asked)
        if answer is None:
            answer = await _answer(answers.recommendations, asked)
        parts.figures.lists.labels(answer["person"], answer["source"]).inc()
        return answer

    @router.get("/people/{user_id:path}/recommendations", dependencies=[reads], summary="a person's list")
    async def recommendations(
        user_id: str,
        k: Length = DEFAULT_K,
        exclude: Annotated[list[str] | None, Query(max_length=MOST_IDS)] = None,
        category: Annotated[list[str] | None, Query(max_length=MOST_CATEGORIES)] = None,
    ) -> dict:
        return await listed(Asked(user_id, None, k, frozenset(exclude or ()), frozenset(category or ())))

    @router.post(
        "/recommendations", dependencies=[reads], summary="a list for a person, a history sent along, or nobody"
    )
    async def recommend(body: ListAsked) -> dict:
        exclude, categories = frozenset(body.exclude), frozenset(body.categories)
        return await listed(Asked(body.user_id, body.history, body.k, exclude, categories))

    @router.get("/people/{user_id:path}/profile", dependencies=[reads], summary="what a person holds dear")
    async def profile(user_id: str) -> dict:
        return await _answer(answers.profile, user_id)

    @router.get("/people/{user_id:path}/similar", dependencies=[reads], summary="people like a person")
    async def people_like(user_id: str, k: Length = DEFAULT_K) -> dict:
        return await _answer(answers.people_like, user_id, k)

    @router.get(
        "/people/{user_id:path}/reasons/{item_id:path}",
        dependencies=[reads],
        summary="why an item stands in a person's list",
    )
    async def reasons(user_id: str, item_id: str) -> dict:
        return await _answer(answers.reasons, user_id, item_id)

    @router.post("/people/{user_id:path}/feedback", dependencies=[says], status_code=202, summary="what a person says")
    async def feedback(user_id: str, body: Feedback) -> dict:
        if answers.saying is None:
            raise NotThere("this service writes nothing (--read-only)")
        if body.kind not in DOES[body.does] or (body.kind != "everything" and not body.id):
            raise BadInput.of("feedback", found=f"{body.does} {body.kind} {body.id!r}",
                              expected=f"{body.does} of one of {', '.join(DOES[body.does])}, with its id",
                              where="the body")  # fmt: skip
        known = await _answer(answers.known, user_id)
        return {"ticket": answers.saying.begin(Said(known, body.does, body.kind, body.id))}

    @router.post("/people/{user_id:path}/events", dependencies=[says], status_code=202, summary="what a person did")
    async def events(user_id: str, body: Events) -> dict:
        now = time.time()
        done = [Done(one.item_id, one.event_type, now if one.timestamp is None else one.timestamp, one.value)
                for one in body.events]  # fmt: skip
        try:
            return {"taken": await _answer(answers.took, user_id, done)}
        except OSError as fault:
            raise Full(f"the journal takes no more: {fault.strerror}") from fault

    @router.get("/feedback/{ticket}", dependencies=[says], summary="whether what was said is written")
    async def written(ticket: str) -> dict:
        told = answers.saying.answer(ticket) if answers.saying else None
        if told is None:
            raise NotThere("no such ticket")
        return {"state": told[0], "message": told[1]}

    return router


def _items(parts: Parts) -> APIRouter:
    router, reads = APIRouter(prefix="/v1", tags=["items"]), _needs(parts.access, READ)

    @router.get("/items/{item_id:path}/similar", dependencies=[reads], summary="items that the same people chose")
    async def similar(item_id: str, k: Length = DEFAULT_K) -> dict:
        return await _look_up(parts.answers.similar_items, item_id, k)

    @router.post("/ask", dependencies=[reads], summary="a request in plain words")
    async def ask(body: RequestAsked) -> dict:
        if parts.words is None:
            raise NotThere("requests in words are not served (--no-ask)")
        user_id = await _answer(parts.answers.known, body.user_id) if body.user_id else None
        return await _answer(parts.words, body.request, user_id, body.k, body.include_seen)

    return router


def _own(parts: Parts) -> APIRouter:
    router = APIRouter(tags=["operation"])

    @router.get("/healthz", summary="whether the process answers")
    async def health() -> dict:
        return {"status": "ok"}

    @router.get("/readyz", summary="whether all that is served can be answered at once")
    async def ready(response: Response) -> dict:
        there = parts.ready()
        response.status_code = 200 if there else 503
        released = parts.answers.released
        return {"ready": there, "model": released.now.version if released else None}

    @router.get(
        "/metrics",
        dependencies=[_needs(parts.access, WATCH)],
        response_class=PlainTextResponse,
        summary="figures in Prometheus' text format",
    )
    async def metrics() -> Response:
        return Response(parts.figures.text(), media_type="text/plain; version=0.0.4")

    return router


async def _answer(function: Callable, *arguments: object, lane: CapacityLimiter | None = None):
    with fail_after(PATIENCE_S):
        return await to_thread.run_sync(partial(function, *arguments), abandon_on_cancel=True, limiter=lane)


async def _look_up(function: Callable, *arguments: object):
    """What takes a millisecond: in one thread such are answered 1.4 times as fast as in eight, which wait for each
    other at every step of SQLite's."""
    return await _answer(function, *arguments, lane=LOOK_UPS)


def _needs(access: Access, scope: str):
    """That the request's key may ask this."""

    def admit(request: Request) -> None:
        access.admit(request.headers.get("Authorization"), scope)

    return Depends(admit)


def _told(status: int, request: Request, fault: Exception) -> JSONResponse:
    headers = {"Retry-After": str(max(1, round(fault.after)))} if isinstance(fault, TooMany) else {}
    if isinstance(fault, NoKey):
        headers["WWW-Authenticate"] = "Bearer"
    said = "no answer in time" if isinstance(fault, TimeoutError) else str(fault)
    return JSONResponse({"error": said}, status, headers)


def _misfit(request: Request, fault: Exception) -> JSONResponse:
    """Where and what, without what was sent."""
    assert isinstance(fault, RequestValidationError)
    told = [{"where": ".".join(map(str, one["loc"])), "what": one["msg"]} for one in fault.errors()[:10]]
    return JSONResponse({"error": "the request does not fit", "faults": told}, 422)


def _refused(request: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, HTTPException)
    return JSONResponse({"error": fault.detail}, fault.status_code, fault.headers)


def _failed(request: Request, fault: Exception) -> JSONResponse:
    return JSONResponse({"error": "the service failed at this; its log says why"}, 500)
