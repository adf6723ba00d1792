"""Jars that this machine already has go on the class path: a local start that resolves, copies and verifies no jar."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(".cache/jars")  # the set-up's, in the folder that conf is read from as well
RECORD = FOLDER / "class-path.json"
ARCHIVE = FOLDER / "classes.jsa"
ASKED = ("spark.jars.packages", "spark.jars.excludes")
# Spark's launcher appends this variable, so that Spark's own version of a class wins as it does with spark.jars
APPENDED = "SPARK_DIST_CLASSPATH"


def record_jars(settings: Mapping[str, str], jars: Sequence[str], record: Path = RECORD) -> None:
    """Keep which files the packages of `settings` were resolved to. jars: paths."""
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps({"asked": _asked(settings), "jars": [str(jar) for jar in jars]}, indent=1))


def resolved_jars(settings: Mapping[str, str], record: Path = RECORD) -> list[str]:
    """The files recorded for exactly these settings; empty where the master is not local, nothing was recorded for
    them, or a file is gone. Then Spark resolves them itself, which takes some seconds longer."""
    if not settings.get("spark.master", "").startswith("local") or not record.is_file():
        return []
    recorded = json.loads(record.read_text())
    same = recorded["asked"] == _asked(settings)
    return recorded["jars"] if same and all(Path(jar).is_file() for jar in recorded["jars"]) else []


def own_jars(settings: Mapping[str, str]) -> list[str]:
    """Files of this machine that `spark.jars` names beside the GraphFrames jar, which is among the recorded ones."""
    return [jar for jar in named_jars(settings) if not is_graphframes(jar) and Path(jar).is_file()]


def named_jars(settings: Mapping[str, str]) -> list[str]:
    """What `spark.jars` names, in its order."""
    return [jar.strip() for jar in settings.get("spark.jars", "").split(",") if jar.strip()]


def is_graphframes(jar: str) -> bool:
    """Whether a jar is, by its name, GraphFrames: the set-up's link, the wheel's file or another version's."""
    return Path(jar).name.startswith("graphframes")


def without_jars(settings: Mapping[str, str], archive: Path = ARCHIVE) -> dict[str, str]:
    """`settings` for a JVM whose class path has the jars already, with the archive of loaded classes if there is one.

    The JVM checks an archive against its own version and every jar, and goes on without one that does not fit.
    """
    others = {key: value for key, value in settings.items() if key not in (*ASKED, "spark.jars")}
    # what is no file here is Spark's to fetch
    elsewhere = [jar for jar in named_jars(settings) if not is_graphframes(jar) and not Path(jar).is_file()]
    if elsewhere:
        others["spark.jars"] = ",".join(elsewhere)
    if archive.is_file():
        options = others.get("spark.driver.extraJavaOptions", "")
        others["spark.driver.extraJavaOptions"] = f'{options} "-XX:SharedArchiveFile={archive.resolve()}"'.strip()
    return others


@contextmanager
def appended(jars: Sequence[str]) -> Iterator[None]:
    """A JVM launched inside has `jars` after Spark's own on its class path."""
    before = os.environ.get(APPENDED)
    if jars:
        os.environ[APPENDED] = os.pathsep.join([*jars, *filter(None, [before])])
    try:
        yield
    finally:
        os.environ.pop(APPENDED, None)
        if before is not None:
            os.environ[APPENDED] = before


def _asked(settings: Mapping[str, str]) -> dict[str, str]:
    return {key: settings.get(key, "") for key in ASKED}
