"""A text file of a user, plain or packed, opened by its path as it stands: no address, no pattern, no `~`."""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO

import pyarrow as pa

from .errors import BadInput

# how a packed file begins, and the ending that its name promises it by
PACKED = {"gzip": (b"\x1f\x8b", ".gz"), "bzip2": (b"BZh", ".bz2"), "xz": (b"\xfd7zXZ\0", ".xz"),
          "zstd": (b"\x28\xb5\x2f\xfd", ".zst"), "zip": (b"PK", ".zip")}  # fmt: skip
READ = "plain text, .gz, .bz2, .xz, .zst or a .zip of one file"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@contextmanager
def opened_bytes(path: str, option: str) -> Iterator[IO[bytes]]:
    """The unpacked bytes of a file; what it is packed with is told by its first bytes.

    Raises BadInput where there is no file, where it cannot be read or unpacked, there or while the body reads, and for
    a zip of more than one file (the folders that macOS adds are none).
    """
    place = Path(path)
    try:
        if not place.is_file():
            found = "a folder" if place.is_dir() else "no plain file" if place.exists() else "nothing there"
            raise BadInput.of(f"file {path}", found=found, expected="a file", where=option)
        with open(path, "rb") as file, _unpacked(file, place, option) as stream:
            yield stream
    except BadInput:
        raise
    except BROKEN as fault:
        told = getattr(fault, "strerror", None) or str(fault).strip() or type(fault).__name__
        raise BadInput.of(f"file {path}", found=f"no way to read it ({told})", expected=READ, where=option) from fault


@contextmanager
def opened_text(path: str, option: str) -> Iterator[io.TextIOWrapper]:
    """As `opened_bytes`, decoded from UTF-8 with or without a mark at its start; line ends stay as they are."""
    with opened_bytes(path, option) as stream:
        try:
            yield io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        except UnicodeDecodeError as fault:
            raise BadInput.of(f"file {path}", found=_no_utf8(path, option), expected="text in UTF-8",
                              where=option) from fault  # fmt: skip


def read_text(path: str, option: str) -> str:
    """The whole text. Raises BadInput as `opened_text`, for bytes of 0, which no text has, and for blanks alone."""
    with opened_text(path, option) as stream:
        text = stream.read()
    if "\0" in text:
        raise no_text(path, text[: text.index("\0")].count("\n") + 1, option)
    if not text.strip():
        raise empty(path, option)
    return text


def no_text(path: str, line: int, option: str) -> BadInput:
    return BadInput.of(f"file {path}", found=f"a byte of 0 in line {line}", expected="text in UTF-8", where=option)


def empty(path: str, option: str) -> BadInput:
    return BadInput.of(f"file {path}", found="an empty file", expected="a header and rows", where=option)


@contextmanager
def _unpacked(file: BinaryIO, path: Path, option: str) -> Iterator[IO[bytes]]:
    head = file.read(6)
    file.seek(0)
    kind = next((name for name, (mark, _) in PACKED.items() if head.startswith(mark)), None)
    promised = next((name for name, (_, ending) in PACKED.items() if path.suffix.lower() == ending), None)
    if promised and promised != kind and head:
        raise BadInput.of(f"file {path}", found=f"no {promised} inside: it begins with {head!r}", expected=READ,
                          where=option)  # fmt: skip
    if kind == "zip":
        # a CSV may begin with PK
        if not (promised or zipfile.is_zipfile(file)):
            file.seek(0)
            yield file
            return
        file.seek(0)
        with zipfile.ZipFile(file) as archive, archive.open(_only_member(archive, path, option)) as stream:
            yield stream
        return
    openers: dict[str | None, Any] = {None: lambda: file, "gzip": lambda: gzip.open(file),
               "bzip2": lambda: bz2.open(file),
               "xz": lambda: lzma.open(file), "zstd": lambda: pa.CompressedInputStream(file, "zstd")}  # fmt: skip
    yield openers[kind]()


def _only_member(archive: zipfile.ZipFile, path: Path, option: str) -> zipfile.ZipInfo:
    members = [one for one in archive.infolist() if not one.is_dir() and not one.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        shown = ", ".join(one.filename for one in members[:3]) + ", ..." * (len(members) > 3)
        raise BadInput.of(f"file {path}", found=f"{len(members)} files in the zip ({shown})", expected="one",
                          where=option)  # fmt: skip
    return members[0]


def _no_utf8(path: str, option: str) -> str:
    with opened_bytes(path, option) as stream:
        for number, line in enumerate(stream, 1):
            if number == 1 and line.startswith(UTF_16):
                return "text in UTF-16"
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as fault:
                return f"the byte {line[fault.start]:#x} in line {number}, which is no UTF-8"
    return "bytes that are no UTF-8"
