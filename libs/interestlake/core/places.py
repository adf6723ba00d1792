"""Folders that a command writes into: tried before the work begins, and a full disk told in one message."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import BadInput
from .schemas.all import ALL
from .storage import has_scheme

EXPECTED = "a folder on this machine that can be written into"
ODD_SIGNS = r"[#%?*\[\]{}\\:;\x00-\x1f]"  # Delta, Hadoop's paths or sqlite's addresses read these in their own way
NEEDED = 64 << 20  # bytes on disk without which no small run ends
LONGEST_NAME, LONGEST_PATH = 255, 4096  # bytes, of Linux
INSIDE = (*sorted({name.split(".")[0] for name in ALL}), "mlflow.db", "mlartifacts", "reports")  # what a lake holds
BELOW = 256  # bytes that the longest path of a lake has behind the lake's own


def expect_lake_place(lake: str, inputs: Iterable[str] = ()) -> None:
    """BadInput where tables cannot be written below `lake`: a sign that a part of the stack reads otherwise, too long a
    path, no right to write, a full disk. Looks at this machine's disk alone, and makes nothing.

    inputs: what is read into it; their size has to be free beside NEEDED.
    """
    sign = re.search(ODD_SIGNS, re.sub(r"^[a-z][a-z0-9+.-]+:(//[^/]*)?(?=/)", "", lake))
    if sign:
        raise BadInput.of(f"lake {lake}", found=f"{sign.group()!r} in its path", where="--lake",
                          expected="a path of letters, digits, spaces, '.', '_', '-' and '/'")  # fmt: skip
    if has_scheme(lake):
        return
    expect_writable(lake, "--lake", NEEDED + sum(map(_size, inputs)), "lake")
    inside = (os.path.join(lake, name) for name in INSIDE)
    shut = next((path for path in inside if os.path.exists(path) and not os.access(path, os.W_OK)), None)
    if shut:
        raise BadInput.of(f"lake {lake}", found=f"{shut} closed to writing", expected="tables and a store that can be "
                          "written", where="--lake, or the rights of these files")  # fmt: skip


def expect_lake_there(root: str, needs: Iterable[str] = (), command: str = "interestlake run") -> None:
    """BadInput where there is no table at `root`, or none of one of `needs`, which `command` makes: what
    `stage.expect_lake` says of it, without Spark, and of this machine's disk alone.
    """
    if has_scheme(root):
        return
    some = any(Path(root).glob("*/*/_delta_log"))
    missing = [name for name in needs if not Path(root, *name.split("."), "_delta_log").is_dir()]
    if missing or not some:
        raise BadInput.of(f"lake {root}", found=f"no {', '.join(missing)}" if some else "none there",
                          expected=f"a lake after `{command}`", where="--lake")  # fmt: skip


def expect_writable(folder: str, where: str = "--out", least: int = 0, what: str = "folder") -> None:
    """BadInput where nothing can be written into `folder`, or could if it were made, or less than `least` bytes are
    free. Tried with a file without a name in the folder, or in the one that it would be made in; makes nothing.
    """
    if not folder.strip() or "://" in folder:
        raise BadInput.of(f"{what} {folder!r}", found="no folder's path", expected=EXPECTED, where=where)
    whole = os.path.abspath(folder)
    name, path = (max(len(os.fsencode(part)) for part in parts) for parts in (Path(whole).parts, [whole]))
    if name > LONGEST_NAME or path + BELOW > LONGEST_PATH:
        raise BadInput.of(f"{what} {folder[:60]}...", found=f"a path of {path} bytes, the longest name {name}",
                          expected=f"at most {LONGEST_PATH - BELOW}, names at most {LONGEST_NAME}",
                          where=where)  # fmt: skip
    there, leads_to = Path(whole), Path(os.path.realpath(folder))
    table = next((place for place in (leads_to, *leads_to.parents) if (place / "_delta_log").is_dir()), None)
    if table or "_delta_log" in leads_to.parts:
        raise BadInput.of(f"{what} {folder}", found=f"a place inside the table {table or leads_to}",
                          expected="a folder outside a lake's tables", where=where)  # fmt: skip
    try:
        there = next(place for place in (there, *there.parents) if place.exists())
        with tempfile.TemporaryFile(dir=there) as probe:
            probe.write(b"0" * 4096)
        free = shutil.disk_usage(there).free
    except OSError as fault:
        raise _refused(f"{what} {folder}", f"{there}: {fault.strerror}", where) from fault
    if free < least:
        raise BadInput.of(f"{what} {folder}", found=f"{free >> 20} MiB free", expected=f"at least {least >> 20} MiB",
                          where=where)  # fmt: skip


@contextmanager
def writing(folder: Path, where: str = "--out") -> Iterator[None]:
    """What the system refuses within becomes BadInput: no right to write, a file in the way, a full disk."""
    try:
        yield
    except OSError as fault:
        raise _refused(f"folder {folder}", fault.strerror or str(fault), where) from fault


def _refused(what: str, found: str, where: str) -> BadInput:
    return BadInput.of(what, found=found, expected=EXPECTED, where=where)


def _size(given: str) -> int:
    """Bytes of a file, or of all files below a folder, on this machine; 0 elsewhere."""
    if os.path.isfile(given):
        return os.path.getsize(given)
    files = (os.path.join(folder, name) for folder, _, names in os.walk(given) for name in names)
    return sum(os.path.getsize(file) for file in files if os.path.isfile(file))
