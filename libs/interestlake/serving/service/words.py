"""Requests in plain words, of items that stay in memory; the person's part comes from the store."""

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from ...core.params.all import Params
from ...core.plain_lake import PlainLake
from ...privacy.meant import Person
from ..asking.ask import Asking, checked, open_plain_asking
from ..asking.asker import read_asker
from ..asking.plan import INDEXED
from ..asking.show import as_json
from .store import OnlineStore

LOG = logging.getLogger("interestlake")


class Words:
    """Called with (request, user_id, k, include_seen) -> `as_json` of the answer. The items are read behind, at the
    start and after each run that changed them; until the first time ends, a request waits."""

    def __init__(self, root: str, store: OnlineStore, params: Params, tracking_uri: str | None):
        self._lake, self._store, self._params, self._uri = PlainLake(root), store, params, tracking_uri
        self._reader, self._one = ThreadPoolExecutor(1, "items"), threading.Lock()
        self._asking: Future[Asking] = self._reader.submit(self._opened)

    def __call__(self, request: str, user_id: str | None, k: int, include_seen: bool) -> dict:
        """Raises BadInput as `Asking.ask`, and Unreadable where the items cannot be read from here."""
        checked(request)
        asking = self._asking.result()
        with self._one:  # the encoder has threads of its own
            made, intent = asking.ask(request, Person(user_id, None) if user_id else None, k, include_seen)
        return as_json(request, made, intent, asking.index, asking.intents is not None)

    def ready(self) -> bool:
        """Whether the items are read, or cannot be."""
        return self._asking.done()

    def renew(self) -> None:
        """Read the items anew where runs have changed them; requests go on with those that are there."""
        if not self._asking.done() or INDEXED.isdisjoint(self._lake.moved()):
            return
        fresh = self._reader.submit(self._opened)
        fresh.result()
        self._asking = fresh

    def _opened(self) -> Asking:
        began = time.perf_counter()
        asking = open_plain_asking(self._lake, self._params, tracking_uri=self._uri)
        LOG.info("items read for requests in words in %.1f s", time.perf_counter() - began)
        catalogue = asking.index.catalogue

        def person_of(person: str | Person):
            assert isinstance(person, Person)
            return read_asker(self._store, person.user_id, catalogue)

        return replace(asking, person_of=person_of)
