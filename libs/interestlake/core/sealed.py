"""What the files of a saved folder were when they were written, so that changed or cut bytes are noticed."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path

from .errors import BadInput
from .storage import sha256_of, write_whole

LOG = logging.getLogger("interestlake")
SEAL = "files.json"


def seal(folder: Path, names: Sequence[str]) -> None:
    """Write size and SHA-256 of these files beside them, the last of a folder to be written."""
    told = {name: {"bytes": (folder / name).stat().st_size, "sha256": sha256_of(folder / name)} for name in names}
    write_whole(folder / SEAL, json.dumps(told, indent=1) + "\n")


def unseal(folder: Path) -> None:
    """Before files are written anew."""
    (folder / SEAL).unlink(missing_ok=True)


def expect_sealed(folder: Path, names: Sequence[str], what: str, where: str) -> None:
    """Raises BadInput where one of these files is not as it was written. A folder without a seal is of a version before
    it: a warning."""
    if not (folder / SEAL).is_file():
        LOG.warning("%s was saved without %s: whether its files are as they were cannot be told", what, SEAL)
        return
    try:
        told = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        sealed = {name: (int(told[name]["bytes"]), str(told[name]["sha256"])) for name in names}
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as fault:
        raise BadInput.of(what, found=f"{SEAL} that cannot be read: {type(fault).__name__}: {fault}",
                          expected="it as it was saved", where=where) from fault  # fmt: skip
    for name, (size, digest) in sealed.items():
        file = folder / name
        if not file.is_file():
            raise BadInput.of(what, found=f"no {name}", expected="all files that were saved", where=where)
        if (length := file.stat().st_size) != size:
            raise BadInput.of(
                what, found=f"{name} of {length:,} bytes", expected=f"the {size:,} of {SEAL}", where=where
            )
        if (found := sha256_of(file)) != digest:
            raise BadInput.of(what, found=f"{name} that was changed: SHA-256 {found[:12]}",
                              expected=f"the {digest[:12]} of {SEAL}", where=where)  # fmt: skip
