"""The Java that Spark's start script will take, looked for before anything starts."""

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from .errors import BadInput

JAVA = 17
EXPECTED, WHERE = f"Java {JAVA}", "JAVA_HOME (`make setup` brings one)"


def java_of(environ: Mapping[str, str]) -> str | None:
    """The program: JAVA_HOME's, also where it is not there, else the first on PATH; None where there is neither."""
    home = environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "java") if home else shutil.which("java", path=environ.get("PATH"))


def expect_java(environ: Mapping[str, str]) -> None:
    """BadInput where there is no Java, or JAVA_HOME's file `release` says that it is another one; starts nothing."""
    path = java_of(environ)
    if path is None:
        raise BadInput.of("Java", found="none on PATH, and no JAVA_HOME", expected=EXPECTED, where=WHERE)
    if not os.access(path, os.X_OK) or not os.path.isfile(path):
        raise BadInput.of("Java", found=f"none at {path}", expected=EXPECTED, where=WHERE)
    major = _released(Path(path).parents[1] / "release")
    if major not in (None, JAVA):
        raise BadInput.of("Java", found=f"{major} at {path}", expected=EXPECTED, where=WHERE)


def _released(file: Path) -> int | None:
    """The major version that a Java's own file names; None where it names none."""
    try:
        said = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', file.read_text(errors="replace"), re.MULTILINE)
    except OSError:
        return None
    return int(said[1]) if said else None
