"""The folder that a command leaves its results in: tried before the work, and a full disk told in one message."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import BadInput

EXPECTED = "a folder on this machine that can be written into"


def expect_writable(out: str, where: str = "--out") -> None:
    """Raises BadInput where the folder `out` cannot be made or written into.

    It is tried with a file of its own; what was made for that is taken away again.
    """
    if not out.strip() or "://" in out:
        raise BadInput.of(f"folder {out!r}", found="no folder's path", expected=EXPECTED, where=where)
    folder, made = Path(out), []
    with writing(folder, where):
        try:
            for place in (*reversed(folder.parents), folder):
                if not place.exists():
                    place.mkdir()
                    made.append(place)
            with tempfile.TemporaryFile(dir=folder):
                pass
        finally:
            for place in reversed(made):
                with suppress(OSError):  # somebody else's file is in it by now
                    os.rmdir(place)


@contextmanager
def writing(folder: Path, where: str = "--out") -> Iterator[None]:
    """What the system refuses within becomes BadInput: no right to write, a file in the way, a full disk."""
    try:
        yield
    except OSError as fault:
        found = fault.strerror or str(fault)
        raise BadInput.of(f"folder {folder}", found=found, expected=EXPECTED, where=where) from fault
