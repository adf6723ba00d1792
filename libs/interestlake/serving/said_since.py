"""What people asked not to see, as a served model heeds it: read from the lake, without Spark, every few seconds."""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..core.plain_tables import PlainTable, Unreadable
from ..privacy.said import Said

LOG = logging.getLogger("interestlake")
FILE, VARIABLE, TABLE = "lake.json", "INTERESTLAKE_LAKE", "silver/objections"
SECONDS = 5.0  # a request may rest on what was said until so long ago
COLUMNS = ("user_id", "kind", "action", "target")


@dataclass
class SaidSince:
    """The objections of a lake's people.

    lake: where the model was registered from; INTERESTLAKE_LAKE names another place of it. Held in memory, a few
    hundred bytes an objection. Threads may share one.
    """

    lake: str = ""
    clock: Callable[[], float] = time.monotonic
    _people: Mapping[str, Said] | None = field(default=None, init=False)
    _table: PlainTable | None = field(default=None, init=False)
    _version: int | None = field(default=None, init=False)
    _looked: float | None = field(default=None, init=False)
    _warned: bool = field(default=False, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __getstate__(self) -> dict:
        return {"lake": self.lake}

    def __setstate__(self, state: dict) -> None:
        self.__init__(state["lake"])

    def people(self) -> Mapping[str, Said] | None:
        """user_id -> what they said, at most SECONDS old; None where the lake cannot be read, said once in the log."""
        with self._lock:
            if self._looked is None or self.clock() - self._looked > SECONDS:
                self._look()
                self._looked = self.clock()
            return self._people

    def _look(self) -> None:
        lake = os.environ.get(VARIABLE) or self.lake
        if not lake:
            return
        try:
            if self._table is None:
                self._table = PlainTable(f"{lake.rstrip('/')}/{TABLE}")
            version = self._table.version()
            if version is None and not _is_lake(lake):
                raise Unreadable(f"no lake at {lake}")
            if version != self._version or self._people is None:
                self._people = {} if version is None else _by_person(self._table)
                self._version = version
            self._warned = False
        except Unreadable as fault:
            if not self._warned:
                LOG.warning("what people asked not to see since the model was registered is not heeded: %s "
                            "(%s names the lake)", fault, VARIABLE)  # fmt: skip
            self._people, self._table, self._version, self._warned = None, None, None, True

    def save(self, folder: Path) -> None:
        """Write FILE into `folder`."""
        (folder / FILE).write_text(json.dumps({"lake": self.lake}), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "SaidSince":
        """What `save` wrote; of a model older than the file, one that knows no lake."""
        file = folder / FILE
        return cls(json.loads(file.read_text(encoding="utf-8"))["lake"]) if file.is_file() else cls()


def _is_lake(lake: str) -> bool:
    try:
        return PlainTable(f"{lake.rstrip('/')}/ops/runs").version() is not None
    except Unreadable:
        return False


def _by_person(table: PlainTable) -> dict[str, Said]:
    rows = table.rows(COLUMNS)
    made: dict[str, Said] = {}
    for user_id, mine in rows.groupby("user_id", sort=False):
        refused = mine[mine["action"] == "not_interested"]
        kinds = {kind: frozenset(refused.loc[refused["kind"] == kind, "target"]) for kind in ("item", "interest")}
        made[user_id] = Said(
            kinds["item"], kinds["interest"], frozenset(mine.loc[mine["action"] == "forget", "target"])
        )
    return made
