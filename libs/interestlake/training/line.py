"""A training process's line to the driver, which answers: looks, states, files and results pass over it."""

import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing.connection import Client
from typing import Any

import torch

from ..core.errors import InterestlakeError
from ..core.processes import Address, receive, send
from .checkpoint import Checkpoint
from .ranks import Ranks, joined
from .shards import path_of
from .snapshot import Copies, Snapshot


class Line:
    """Asks the driver by name; what its answer raises is raised here."""

    def __init__(self, address: Address, rank: int):
        self.connection = Client((address.host, address.port), authkey=address.key)
        self.ask("hello", rank)

    def ask(self, name: str, *given: Any) -> Any:
        send(self.connection, (name, given))
        fault, answer = receive(self.connection)
        if fault:
            raise answer
        return answer

    def here(self, snapshot: Snapshot) -> Snapshot:
        """The snapshot with files of this host: those that it does not see are fetched from the driver."""
        if all(path_of(file).is_file() for file in snapshot.files):
            return snapshot
        copies, files = Copies(tempfile.gettempdir()), []
        for number, file in enumerate(snapshot.files):
            files.append(copies.folder / f"{number:06d}.parquet")
            files[-1].write_bytes(self.ask("file", file))
        return replace(snapshot, files=tuple(path.as_uri() for path in files), copies=copies)


@dataclass(frozen=True)
class LineState:
    """A training state that the driver keeps where its checkpoint says."""

    line: Line

    def save(self, state: dict) -> None:
        """Returns when it is written."""
        self.line.ask("save", packed(state))

    def load(self, fingerprint: str) -> dict | None:
        """As `Checkpoint.load`."""
        state = self.line.ask("load", fingerprint)
        return None if state is None else unpacked(state)

    def save_rows(self, name: str, rows: dict) -> None:
        """Returns when the piece is written."""
        self.line.ask("save rows", name, packed(rows))

    def load_rows(self, name: str) -> dict:
        """As `Checkpoint.load_rows`."""
        return unpacked(self.line.ask("load rows", name))

    def drop_rows(self, look: str) -> None:
        """As `Checkpoint.drop_rows`."""
        self.line.ask("drop rows", look)

    def remove(self) -> None:
        """The driver removes it after its end."""


def packed(state: dict) -> bytes:
    """A state as it passes over the line."""
    buffer = io.BytesIO()
    torch.save(state, buffer)
    return buffer.getvalue()


def unpacked(state: bytes) -> dict:
    """Tensors and plain values, never code."""
    return torch.load(io.BytesIO(state), map_location="cpu", weights_only=True)


Launch = Callable[[Callable[[Ranks, Line], Any], Checkpoint], Any]
_LAUNCHERS: list[Launch] = []  # of `fits_shared`, the innermost last


@contextmanager
def fits_shared(launch: Launch) -> Iterator[None]:
    """Within, models that can be trained by several processes are, by launch(work, where its state lies)."""
    _LAUNCHERS.append(launch)
    try:
        yield
    finally:
        _LAUNCHERS.pop()


def launcher() -> Launch | None:
    """What `fits_shared` was given; None outside."""
    return _LAUNCHERS[-1] if _LAUNCHERS else None


def in_rank(work: Callable[[Ranks, Line], Any], address: Address) -> None:
    """What each process of a training runs: work(ranks, line); the first one's result goes to the driver.

    A fault goes there too, whichever process it is of, and ends this one.
    """
    line = Line(address, int(os.environ["RANK"]))
    try:
        with joined(address.threads, timedelta(seconds=address.patience_s)) as ranks:
            result = work(ranks, line)
    except Exception as fault:
        line.ask("fault", fault if isinstance(fault, InterestlakeError) else f"{type(fault).__name__}: {fault}")
        raise
    line.ask("end", result if ranks.leads else None)


def state_handlers(saved: Checkpoint) -> dict[str, Callable[..., Any]]:
    """How the driver answers a LineState."""

    def load(fingerprint: str) -> bytes | None:
        state = saved.load(fingerprint)
        return None if state is None else packed(state)

    return {
        "save": lambda state: saved.save(unpacked(state)),
        "load": load,
        "save rows": lambda name, rows: saved.save_rows(name, unpacked(rows)),
        "load rows": lambda name: packed(saved.load_rows(name)),
        "drop rows": saved.drop_rows,
    }


def file_handler(snapshots: Iterable[Snapshot]) -> dict[str, Callable[..., Any]]:
    """How the driver answers `Line.here`: with files of these snapshots, and no others."""
    files = {file for snapshot in snapshots for file in snapshot.files}

    def read(file: str) -> bytes:
        if file not in files:
            raise LookupError(f"{file} is no file of this training")
        return path_of(file).read_bytes()

    return {"file": read}
