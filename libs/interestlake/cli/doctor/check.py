"""What one look finds, and what it may look at."""

from collections.abc import Mapping
from dataclasses import dataclass

GIB = 1 << 30


@dataclass(frozen=True)
class Check:
    """One look: what at, what was found, and, where that is a fault, what to do."""

    what: str
    found: str
    fix: str = ""

    @property
    def ok(self) -> bool:
        return not self.fix

    def __str__(self) -> str:
        return f"{'ok   ' if self.ok else 'fault'}  {self.what:<13} {self.found}{f'; {self.fix}' if self.fix else ''}"


@dataclass(frozen=True)
class Given:
    """environ: of the process; settings: of the Spark profile; profile: its name; lake, store: as given, may be "";
    key_file: ingest.pseudonym_key_file."""

    environ: Mapping[str, str]
    settings: Mapping[str, str]
    profile: str
    lake: str = ""
    store: str = ""
    key_file: str = ""
