"""Who may ask what of the service, and how often: keys of which only hashes are kept, scopes, and a bucket a key."""

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...core.errors import BadInput
from ...core.yaml_file import read_yaml

READ, SAY, WATCH = "read", "feedback", "metrics"
SCOPES = (READ, SAY, WATCH)
PER_SECOND = 50.0  # requests of a key whose entry says nothing
BURST_S = 2.0  # so many seconds' requests may come at once
SHORTEST = 32  # characters of a key that is made here


class NoKey(Exception):
    """The request carries no key that is known."""


class OutOfScope(Exception):
    """The key may not ask this."""


class TooMany(Exception):
    """The key's bucket is empty; `after`: seconds until it holds a request."""

    def __init__(self, after: float):
        super().__init__(f"too many requests; the next one in {after:.1f} s")
        self.after = after


@dataclass
class Key:
    """One caller. sha256: hex of the key; per_second: requests that the bucket gains."""

    name: str
    sha256: str
    scopes: frozenset[str]
    per_second: float = PER_SECOND
    _left: float | None = field(default=None, init=False)
    _at: float = field(default=0.0, init=False)

    def take(self, now: float) -> None:
        """Raises TooMany where the bucket holds no request."""
        most = max(1.0, self.per_second * BURST_S)
        left = most if self._left is None else min(most, self._left + (now - self._at) * self.per_second)
        self._left, self._at = left, now
        if left < 1:
            raise TooMany((1 - left) / self.per_second)
        self._left = left - 1


@dataclass
class Access:
    """keys by their hash; without any, everybody on this machine may ask everything. Threads may share one."""

    keys: Mapping[str, Key] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def admit(self, authorization: str | None, scope: str) -> str:
        """The `Authorization` header -> the caller's name. Raises NoKey, OutOfScope or TooMany."""
        if not self.keys:
            return "anybody"
        kind, _, given = (authorization or "").partition(" ")
        found = hash_of(given.strip()) if kind.lower() == "bearer" else ""
        # compared with each, so that the time tells nothing of the others
        mine = [key for key in self.keys.values() if hmac.compare_digest(key.sha256, found)]
        if not mine:
            raise NoKey("expected the header `Authorization: Bearer KEY` with a key of --keys")
        if scope not in mine[0].scopes:
            raise OutOfScope(f"the key {mine[0].name} has no scope {scope}")
        with self._lock:
            mine[0].take(self.clock())
        return mine[0].name


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def read_access(path: str | None) -> Access:
    """The keys of a YAML file: NAME: {sha256: HEX, scopes: [...], per_second: N}. Raises BadInput at fault."""
    if path is None:
        return Access()
    entries = read_yaml(Path(path), f"keys {path}", "--keys")
    if not isinstance(entries, dict) or not entries:
        raise BadInput.of(f"keys {path}", found="no entry", expected="NAME: {sha256: HEX, scopes: [...]}",
                          where="--keys; --new-key NAME makes one")  # fmt: skip
    keys = [_key(path, str(name), entry) for name, entry in entries.items()]
    return Access({key.sha256: key for key in keys})


def _key(path: str, name: str, entry: object) -> Key:
    def fault(found: object, expected: str) -> BadInput:
        return BadInput.of(f"key {name} of {path}", found=found, expected=expected, where="--keys")

    if not isinstance(entry, dict):
        raise fault(entry, "{sha256: HEX, scopes: [...]}")
    digest, scopes, rate = entry.get("sha256"), entry.get("scopes", [READ]), entry.get("per_second", PER_SECOND)
    if not isinstance(digest, str) or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise fault(digest, "sha256, 64 hex digits")
    if not isinstance(scopes, list) or not scopes or not set(map(str, scopes)) <= set(SCOPES):
        raise fault(scopes, f"scopes of {', '.join(SCOPES)}")
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 < rate < float("inf"):
        raise fault(rate, "per_second, a number above 0")
    if further := set(entry) - {"sha256", "scopes", "per_second"}:
        raise fault(", ".join(sorted(map(str, further))), "sha256, scopes and per_second alone")
    return Key(name, digest, frozenset(map(str, scopes)), float(rate))


def new_key(path: str, name: str) -> str:
    """A new key of every scope, whose hash is added to the file -> the key, which stands nowhere else.

    Raises BadInput where the file has that name already, or is none that `read_access` reads.
    """
    file = Path(path)
    known = {key.name for key in read_access(path).keys.values()} if file.exists() else set()
    if name in known or not name.replace("-", "").replace("_", "").isalnum():
        found = f"{name}, which is there already" if name in known else repr(name)
        raise BadInput.of("key", found=found, expected="a new name of letters, digits, - and _", where="--new-key")
    key = secrets.token_urlsafe(SHORTEST)
    with file.open("a", encoding="utf-8") as out:
        out.write(f"{name}: {{sha256: {hash_of(key)}, scopes: [{', '.join(SCOPES)}], per_second: {PER_SECOND:g}}}\n")
    file.chmod(0o600)
    return key
