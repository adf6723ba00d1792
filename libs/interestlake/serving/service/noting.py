"""What a service notes in the lake's journal: the lists that it showed, and what people did."""

import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...core.journal import EVENTS, SERVED, Journal
from .explore import Shown

LOG = logging.getLogger("interestlake")


@dataclass(frozen=True)
class Done:
    """One thing that a person did. at: unix seconds; value: of a rating or a count."""

    item_id: str
    event_type: str
    at: float
    value: float | None = None


class Noting:
    """Threads may share one. share: of lists with a drawn item."""

    def __init__(self, folder: Path, share: float = 0.0):
        self.share = share
        self._served, self._events = Journal(folder, SERVED), Journal(folder, EVENTS)

    def note(self, user_id: str, shown: Shown, list_source: str, made_by: str | None) -> str | None:
        """-> the id of the list; None where the disk takes no more, which is said in the log."""
        list_id = secrets.token_urlsafe(12)
        items = [{"item_id": row["item_id"], "score": row["score"], "propensity": propensity}
                 for row, propensity in zip(shown.rows, shown.propensities, strict=True)]  # fmt: skip
        row = {"list_id": list_id, "user_id": user_id, "list_source": list_source, "made_by": made_by,
               "at": time.time(), "items": items}  # fmt: skip
        try:
            self._served.add([row])
        except (OSError, ValueError) as fault:  # a list that is not noted is still a list
            LOG.warning("a list is not noted: %s", fault)
            return None
        return list_id

    def took(self, user_id: str, events: Sequence[Done], sources: Mapping[str, str]) -> None:
        """sources: item id -> the source that has it. Raises OSError where the disk takes no more."""
        self._events.add([
            {"user_id": user_id, "item_id": one.item_id, "event_type": one.event_type, "value": one.value,
             "at": one.at, "source": sources[one.item_id]}
            for one in events
        ])  # fmt: skip

    def turn(self) -> None:
        """End files that are old enough to be taken."""
        self._served.turn()
        self._events.turn()

    def close(self) -> None:
        """End the files that are written; what comes later begins others."""
        self._served.close()
        self._events.close()
