"""Whom a served model knows by the ids of requests, without Spark: source ids under its process's key, pseudonyms."""

import json
import logging
from collections.abc import Container, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ..privacy.names import Keys, Origin, by_source_id, keys_at_hand, readings

LOG = logging.getLogger("interestlake")
FILE = "origins.json"


@dataclass(frozen=True)
class Askers:
    """The sources of a lake, each with the mark of its key, and where the key file lies; never a key.

    The key is taken as ingest takes it, at each request: INTERESTLAKE_PSEUDONYM_KEY, else `key_file` of the process.
    whole: whether the model knows everybody of the lake.
    """

    origins: tuple[Origin, ...] = ()
    key_file: str = ""
    whole: bool = True

    def keys(self) -> Keys:
        """What this process can read; a key that is missing, or not the one of the model, is said in the log."""
        keys = keys_at_hand(self.origins, self.key_file, "the model")
        if keys.lacking:
            LOG.warning("%s; pseudonyms are read", keys.why)
        return keys

    def known_as(self, wanted: Iterable[str], known: Container[str], keys: Keys) -> dict[str, str]:
        """Ids of requests -> user_id of `known`, for those that it has: source ids before whole pseudonyms.

        A beginning of a pseudonym is nobody here, where no person reads what it was taken for; nor is an id without its
        SOURCE: in a model that does not know everybody of several sources. Raises BadInput where two people have an id,
        see `by_source_id`.
        """
        found = {}
        # an id may also be that of somebody of another source whom the model does not carry
        named = not self.whole and len({origin.people for origin in self.origins}) > 1
        for one in dict.fromkeys(wanted):
            read = [reading for reading in readings(one, keys) if not (named and reading.source_id == one)]
            user_id = by_source_id(one, read, keys, known, "the request's user_id")
            user_id = one if user_id is None and one in known else user_id
            if user_id is not None:
                found[one] = user_id
        return found

    def save(self, folder: Path) -> None:
        """Write FILE into `folder`."""
        told = {"key_file": self.key_file, "whole": self.whole, "origins": [asdict(origin) for origin in self.origins]}
        (folder / FILE).write_text(json.dumps(told, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Askers":
        """What `save` wrote; of a model older than the file, one that reads pseudonyms alone."""
        if not (folder / FILE).is_file():
            return cls()
        told = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return cls(tuple(Origin(**origin) for origin in told["origins"]), told["key_file"], told["whole"])
