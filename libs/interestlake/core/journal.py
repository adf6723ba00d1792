"""Files that a service writes beside a lake's tables, a JSON line per thing, until a command takes them into tables."""

import fcntl
import json
import os
import secrets
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

FOLDER = "journal"  # in a lake on this machine's disk
SERVED, EVENTS = "served", "events"  # kinds of files: lists that were shown, what people did
OPEN, WHOLE = ".part", ".jsonl"
MOST_LINES, MOST_S = 50_000, 60.0  # of a file; then another is begun


class Journal:
    """Lines of one kind. Threads may share one, processes each have their own.

    A line is with the operating system before `add` returns: it outlives the process, not the machine's power. The file
    is locked while its writer lives, so that `whole_files` knows the files of the dead.
    """

    def __init__(self, folder: Path, kind: str):
        self._folder, self._kind, self._lock = folder, kind, threading.Lock()
        self._file: int | None = None
        self._path, self._lines, self._began = folder, 0, 0.0

    def add(self, rows: Sequence[Mapping]) -> None:
        """Rows of plain values, each as a line. Raises OSError where the disk takes no more; nothing of them stays."""
        text = "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows).encode()
        with self._lock:
            file = self._opened()
            before = os.lseek(file, 0, os.SEEK_CUR)
            try:
                left = memoryview(text)
                while left:
                    left = left[os.write(file, left) :]
            except OSError:
                os.ftruncate(file, before)
                os.lseek(file, before, os.SEEK_SET)
                raise
            self._lines += len(rows)

    def turn(self) -> None:
        """End the file that is written where it is old, so that it can be taken."""
        with self._lock:
            if self._file is not None and time.monotonic() - self._began >= MOST_S:
                self._end()

    def close(self) -> None:
        """End the file that is written."""
        with self._lock:
            if self._file is not None:
                self._end()

    def _opened(self) -> int:
        if self._file is not None and self._lines >= MOST_LINES:
            self._end()
        if self._file is None:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            name = f"{self._kind}-{time.time_ns()}-{secrets.token_hex(4)}{OPEN}"
            self._path, self._lines, self._began = self._folder / name, 0, time.monotonic()
            self._file = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            if not _is_at(self._file, self._path):  # taken for a dead writer's between the two calls
                os.close(self._file)
                self._file = None
                return self._opened()
        return self._file

    def _end(self) -> None:
        file, self._file = self._file, None
        assert file is not None
        try:
            self._path.rename(self._path.with_suffix(WHOLE))
        finally:
            os.close(file)


@contextmanager
def taking(folder: Path) -> Iterator[None]:
    """One at a time takes files of a journal; another waits. Raises PermissionError for another user's journal."""
    if not folder.is_dir():
        yield
        return
    lock = os.open(folder / ".taking", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def open_files(folder: Path) -> list[Path]:
    """Files that a living writer has open."""
    return sorted(folder.glob(f"*{OPEN}"))


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except FileNotFoundError:
        return False


def whole_files(folder: Path, kind: str) -> list[Path]:
    """The files of a kind that nobody writes any more, in the order of their making; those of dead writers are ended.

    The last line of such a one may be cut. Raises PermissionError for another user's journal.
    """
    if not folder.is_dir():
        return []
    os.listdir(folder)  # a glob of what may not be read finds nothing
    for path in folder.glob(f"{kind}-*{OPEN}"):
        try:
            with open(path, encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.rename(path.with_suffix(WHOLE))
        except (BlockingIOError, FileNotFoundError):  # its writer lives, or has just ended it
            continue
    return sorted(folder.glob(f"{kind}-*{WHOLE}"))
