"""Input files on any file system that Spark reads: listing, naming, small whole-file reads, atomic folders."""

import os
import re
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from urllib.parse import unquote

from pyspark.sql import SparkSession

from ..core.errors import BadInput
from ..core.storage import filesystem

ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".xz", ".zst", ".zstd")
PATTERN_SIGNS = re.compile(r"[\\\[\]{}*?]")


@dataclass(frozen=True)
class InputFile:
    """`path` is what Spark reads, `name` what a person sees: relative to the input folder, unique within one run;
    size: bytes, as they lie there."""

    path: str
    name: str
    size: int = 0

    @property
    def address(self) -> str:
        """What is handed to a Spark reader, which takes [, {, *, ? and \\ for signs of a pattern: each escaped.

        Its way of looking for no pattern at all (`__globPaths__`) lists every file once more for each such path.
        """
        return PATTERN_SIGNS.sub(r"\\\g<0>", self.path)

    @property
    def place(self) -> tuple[str, str]:
        return _parted(self.path)


def place(uri: str) -> tuple[str, str]:
    """(host or bucket, decoded path) of an encoded address, such as Spark gives: equal to `InputFile.place`."""
    host, path = _parted(uri)
    return host, unquote(path)


def _parted(address: str) -> tuple[str, str]:
    # not urlsplit: a path may hold # and ?
    found = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(?://([^/]*))?(/.*)", address, re.DOTALL)
    return (found[1] or "", found[2]) if found else ("", address)


def refuse_unreadable(files: tuple[InputFile, ...]) -> None:
    """BadInput where one of `files` is an archive, is packed in a way, or has a name, that Spark does not read."""
    for file in files:
        if file.name.lower().endswith(ARCHIVES):
            raise BadInput.of(f"file {file.name}", found="an archive", where="--input",
                              expected="plain files or .gz ones: unpack it first")  # fmt: skip
        if ":" in file.name.rsplit("/", 1)[-1]:  # Hadoop's own names beside it would begin with a scheme
            raise BadInput.of(f"file {file.name}", found="':' in its name", expected="a name without", where="--input")


def list_files(spark: SparkSession, inputs: tuple[str, ...]) -> tuple[InputFile, ...]:
    """Every file under `inputs` (files or folders, searched to the bottom), by name; hidden ones are left out.

    A name that two inputs share gets its input folder's name in front. Raises BadInput where an input is missing,
    or nothing is found, or two files cannot be told apart.
    """
    found: list[tuple[str, str, str, int]] = []
    for given in inputs:
        found += _under(spark, given)
    return _distinct(found, inputs)


def list_here(inputs: tuple[str, ...]) -> tuple[InputFile, ...]:
    """`list_files` of files and folders of this machine's disk, without Spark."""
    return _distinct([file for given in inputs for file in _under_here(Path(given).absolute())], inputs)


def _distinct(found: list[tuple[str, str, str, int]], inputs: tuple[str, ...]) -> tuple[InputFile, ...]:
    """(path, input folder's name, name below it, bytes) -> files of distinct names."""
    if not inputs:
        raise BadInput.of("input", found="none", expected="at least one file or folder", where="--input")
    if not found:
        raise BadInput.of("input", found=f"no files under {', '.join(inputs)}", expected="data files", where="--input")
    times = Counter(name for _, _, name, _ in set(found))
    files = [
        InputFile(path, name if times[name] == 1 else f"{folder}/{name}", size)
        for path, folder, name, size in sorted(set(found))
    ]
    if len({file.name for file in files}) < len(files):
        raise BadInput.of(
            "input",
            found="folders of one name with files of one name",
            expected="distinct folder names",
            where="--input",
        )
    return tuple(sorted(files, key=lambda file: file.name))


def _under(spark: SparkSession, given: str) -> list[tuple[str, str, str, int]]:
    fs, root = filesystem(spark, given)
    if not fs.exists(root):
        raise BadInput.of(f"input {given}", found="nothing there", expected="a file or folder", where="--input")
    status = fs.getFileStatus(root)
    root = status.getPath()
    if status.isFile():
        return [(root.toString(), root.getParent().getName(), root.getName(), status.getLen())]
    prefix = root.toUri().getPath().rstrip("/") + "/"
    listing, found = fs.listFiles(root, True), []
    while listing.hasNext():
        status = listing.next()
        path = status.getPath()
        name = path.toUri().getPath().removeprefix(prefix)
        if not any(part.startswith((".", "_")) for part in name.split("/")):
            found.append((path.toString(), root.getName(), name, status.getLen()))
    return found


def _under_here(root: Path) -> list[tuple[str, str, str, int]]:
    if root.is_file():
        return [(str(root), root.parent.name, root.name, root.stat().st_size)]
    found, seen = [], set()
    for folder, folders, names in os.walk(root, followlinks=True):
        # a link may lead back to where it stands
        folders[:] = [name for name in folders if not name.startswith((".", "_"))
                      and os.path.realpath(os.path.join(folder, name)) not in seen]  # fmt: skip
        seen |= {os.path.realpath(os.path.join(folder, name)) for name in folders}
        for path in (Path(folder, name) for name in names if not name.startswith((".", "_"))):
            if path.is_file():
                found.append((str(path), root.name, str(path.relative_to(root)), path.stat().st_size))
    return found


def match(files: tuple[InputFile, ...], *patterns: str) -> tuple[InputFile, ...]:
    """Files whose name, or its last part, fits one of the shell patterns, with or without a trailing .gz."""

    def fits(file: InputFile) -> bool:
        name = file.name.removesuffix(".gz")
        return any(
            fnmatch(candidate, pattern.removesuffix(".gz"))
            for pattern in patterns
            for candidate in (name, name.rsplit("/", 1)[-1])
        )

    return tuple(file for file in files if fits(file))


def require(files: tuple[InputFile, ...], what: str, *patterns: str) -> tuple[InputFile, ...]:
    """`match`, or BadInput that says what was found instead."""
    chosen = match(files, *patterns)
    if not chosen:
        raise missing(files, what, *patterns)
    return chosen


def missing(files: tuple[InputFile, ...], what: str, *patterns: str) -> BadInput:
    """The message for files of which none fits the patterns. Raises another for a single file that is an archive."""
    shown = ", ".join(file.name for file in files[:12]) + (", ..." if len(files) > 12 else "")
    refuse_unreadable(files if len(files) == 1 else ())
    return BadInput.of(what, found=shown, expected=f"{' or '.join(patterns)} (plain or .gz)", where="--input")
