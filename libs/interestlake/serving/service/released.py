"""The ranker that an address of the registry names, followed as its alias moves."""

import logging
import threading
from collections.abc import Callable
from typing import NamedTuple

from ...core.errors import BadInput
from ..ranker import Ranker

LOG = logging.getLogger("interestlake")
Find = Callable[[], str | None]  # -> the version that the address names now
Load = Callable[[str | None], Ranker]


class Version(NamedTuple):
    """A ranker and the version that it is of."""

    ranker: Ranker
    version: str | None


class Released:
    """`now` is the newest that could be loaded; requests that hold the former end with it.

    find: what the address names now, None where it names one model for good; load: the model of a version. Raises
    BadInput at the start where there is none.
    """

    def __init__(self, find: Find, load: Load):
        self._find, self._load, self._loading = find, load, threading.Lock()
        version = find()
        self.now = Version(load(version), version)

    def look(self) -> bool:
        """Whether the address names another version by now, which is loaded before it takes the former one's place.

        One that cannot be loaded is said in the log, and the former stays.
        """
        with self._loading:
            try:
                version = self._find()
                if version == self.now.version:
                    return False
                ranker = self._load(version)
            except BadInput as fault:
                LOG.warning("the ranker stays at version %s: %s", self.now.version, fault)
                return False
            self.now = Version(ranker, version)
            LOG.info("the ranker is version %s now", version)
            return True
