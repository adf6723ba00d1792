"""What the files of a run hold, as one mark: equal contents have equal marks, wherever they lie."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .storage import filesystem, has_scheme, sha256_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

READ_WHOLE = 64 << 20  # bytes of a file, and 8 times that of a run's files, whose content is read for the mark


def file_mark(spark: "SparkSession", address: str, left: list[int]) -> str:
    """What tells the content of one file: as in `content_mark`, whose bound of a run's files `left` [bytes] counts."""
    system, path = filesystem(spark, address)
    if system.getUri().getScheme() == "file":
        return _state(Path(path.toUri().getPath()), left)
    return _state_there(system.getFileStatus(path))


def all_left() -> list[int]:
    """Bytes of a run's files whose content is read, to be counted down."""
    return [8 * READ_WHOLE]


def content_mark(spark: "SparkSession", inputs: tuple[str, ...]) -> str:
    """sha-256 over names below each input and contents of every file that a loader may read (hidden ones are not).

    Files of more than 64 MiB, those after the first 512 MiB, and files on another file system go by size and time of
    change. An input that is not there has no files.
    """
    mark, left = hashlib.sha256(), all_left()
    told = (list(_there(spark, given) if has_scheme(given) else _here(given, left)) for given in inputs)
    for name, state in sorted(one for files in told for one in files):
        mark.update(f"{name}\0{state}\n".encode(errors="surrogateescape"))
    return mark.hexdigest()


def _here(given: str, left: list[int]) -> Iterator[tuple[str, str]]:
    root = Path(given)
    if root.is_file():
        yield root.name, _state(root, left)
        return
    for folder, folders, names in os.walk(root, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))
        for name in sorted(names):
            if not name.startswith((".", "_")):
                path = Path(folder, name)
                yield str(path.relative_to(root)), _state(path, left)


def _state(path: Path, left: list[int]) -> str:
    try:
        about = path.stat()
        if about.st_size > min(READ_WHOLE, left[0]):
            return f"{about.st_size} bytes of {about.st_mtime_ns}"
        left[0] -= about.st_size
        return sha256_of(path)
    except OSError:  # unreadable: the loader says so
        return "unreadable"


def _there(spark: "SparkSession", given: str) -> Iterator[tuple[str, str]]:
    system, root = filesystem(spark, given)
    if not system.exists(root):
        return
    base, listing = system.getFileStatus(root).getPath().toString(), system.listFiles(root, True)
    while listing.hasNext():
        status = listing.next()
        name = status.getPath().toString().removeprefix(base).lstrip("/") or status.getPath().getName()
        if not any(part.startswith((".", "_")) for part in name.split("/")):
            yield name, _state_there(status)


def _state_there(status: Any) -> str:
    return f"{status.getLen()} bytes of {status.getModificationTime()}"
