"""What people say of their lists: heeded at once, written behind, one after the other."""

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from ...core.errors import InterestlakeError

LOG = logging.getLogger("interestlake")
DOES = {"not_interested": ("item", "interest"), "withdraw": ("item", "interest"),
        "forget": ("item", "interest", "everything")}  # fmt: skip
MOST_WAITING, MOST_KEPT = 1_000, 10_000  # of what was said; of answers that nobody fetched
Say = Callable[[str, str, str, str], str]  # user_id, does, kind, thing -> what was done


class Full(Exception):
    """So much waits to be written that no more is taken."""


@dataclass(frozen=True)
class Said:
    """One thing that one person said."""

    user_id: str
    does: str
    kind: str
    thing: str


class Saying:
    """`say` writes one thing into the lake and brings the store up to it. Threads may share one."""

    def __init__(self, say: Say):
        self._say, self._lock = say, threading.Lock()
        self._writer = ThreadPoolExecutor(1, "said")
        self._begun: OrderedDict[str, Future] = OrderedDict()
        self._waiting: dict[str, list[Said]] = {}  # user_id -> what the store may not know yet

    def begin(self, said: Said) -> str:
        """-> the ticket by which `answer` knows it. Raises Full."""
        with self._lock:
            if sum(map(len, self._waiting.values())) >= MOST_WAITING:
                raise Full(f"{MOST_WAITING:,} are being written; say it again later")
            while len(self._begun) >= MOST_KEPT:
                self._begun.popitem(last=False)
            ticket = secrets.token_urlsafe(12)
            self._waiting.setdefault(said.user_id, []).append(said)
            self._begun[ticket] = self._writer.submit(self._written, said)
            return ticket

    def answer(self, ticket: str) -> tuple[str, str] | None:
        """("waiting" or "done" or "failed", what was done or why not); None for a ticket that is not known."""
        with self._lock:
            begun = self._begun.get(ticket)
        if begun is None:
            return None
        return begun.result() if begun.done() else ("waiting", "this is being written")

    def hidden(self, user_id: str) -> tuple[set[str], bool]:
        """Items that the person refused or forgot and the store may not know yet; whether they forgot everything."""
        with self._lock:
            waiting = list(self._waiting.get(user_id, ()))
        items: set[str] = set()
        for said in waiting:
            if said.kind == "item":
                (items.discard if said.does == "withdraw" else items.add)(said.thing)
        return items, any(said.kind == "everything" for said in waiting)

    def close(self) -> None:
        """Ends when what was begun is written."""
        self._writer.shutdown(wait=True)

    def _written(self, said: Said) -> tuple[str, str]:
        try:
            return "done", self._say(said.user_id, said.does, said.kind, said.thing)
        except InterestlakeError as fault:
            return "failed", str(fault)
        except Exception:
            LOG.exception("%s %s failed", said.does, said.kind)
            return "failed", "the lake could not be written; the service's log says why"
        finally:
            with self._lock:
                left = [one for one in self._waiting[said.user_id] if one is not said]
                self._waiting[said.user_id] = left
                if not left:
                    del self._waiting[said.user_id]
