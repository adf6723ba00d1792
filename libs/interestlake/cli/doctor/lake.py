"""Looks at a lake and what belongs to it: its disk, tables, times, the pseudonym key, the MLflow store."""

import json
import os
import shutil
import sqlite3
import time
import urllib.request
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from ...core.counted import counted
from ...core.errors import BadInput
from ...core.hold import noted_here
from ...core.moved_store import SQLITE
from ...core.places import expect_lake_place
from ...core.storage import has_scheme
from ...privacy.keys import KEY_VARIABLE, LEAST_KEY_BYTES, SAMPLE_KEY, key_mark
from .check import GIB, Check, Given

LAKE_BYTES = GIB
SKEW_S = 60.0
SECONDS = 3
S3_CLIENT = "hadoop-aws"  # the version of Spark's own Hadoop client


def disk(given: Given) -> Check:
    """Room and rights where the lake is, or would be made."""
    if not given.lake:
        return Check("lake", "none given (--lake)")
    if has_scheme(given.lake):
        client = given.lake.startswith("s3a:") and not any(
            S3_CLIENT in given.settings.get(key, "") for key in ("spark.jars", "spark.jars.packages")
        )
        found = f"{given.lake}: a store that is not looked at from here{', and no client of S3' * client}"
        fix = f"org.apache.hadoop:{S3_CLIENT}:3.3.4 behind spark.jars.packages of conf/spark/<profile>.properties"
        return Check("lake", found, fix if client else "")
    try:
        expect_lake_place(given.lake)
    except BadInput as fault:
        return Check("lake", str(fault), "see what was expected")
    there = next(
        place for place in (Path(given.lake).absolute(), *Path(given.lake).absolute().parents) if place.exists()
    )
    free = shutil.disk_usage(there).free
    found = f"{free / GIB:.1f} GiB free at {there}"
    return Check("lake", found, "make room, or take another --lake" if free < LAKE_BYTES else "")


def tables(given: Given) -> Check:
    """Whether the tables can be read."""
    if not _here(given):
        return Check("tables", "no lake there yet" if given.lake and not has_scheme(given.lake) else "not looked at")
    logs = _logs(given.lake)
    empty = [log.parent for log in logs if _newest(log) is None]
    shut = [log.parent for log in logs if not os.access(log, os.R_OK | os.X_OK)]
    if shut or empty:
        what = f"{(shut or empty)[0]} {'cannot be read' if shut else 'has no commit'}"
        return Check("tables", what, "mend its rights, or copy the lake whole")
    return Check("tables", f"{len(logs)} in {given.lake}")


def times(given: Given, now: float | None = None) -> Check:
    """The lake's newest commit, which cannot be of the future."""
    if not _here(given):
        return Check("commits", "none")
    now = time.time() if now is None else now
    newest = max((_committed(log) for log in _logs(given.lake)), default=0.0)
    said = datetime.fromtimestamp(newest, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if newest > now + SKEW_S:
        ahead = f"{newest - now:,.0f} s after this machine's clock"
        return Check(
            "commits", f"newest of {said}, {ahead}", "set the clock (chronyc, ntpdate) before anything is written"
        )
    return Check("commits", f"newest of {said}")


def run(given: Given) -> Check:
    """Whether a run is under way, or one was killed and waits to be gone on with."""
    holder, lives = noted_here(given.lake) if _here(given) else (None, False)
    if holder is None:
        return Check("run", "none under way")
    if lives:
        return Check("run", str(holder))
    again = holder.command or f"the same command with --run-id {holder.run_id}"
    found = f"run {holder.run_id} of {holder.since} was killed: its process {holder.pid} is gone"
    return Check("run", found, f"`{again}` goes on where it stopped; `interestlake undo --lake {given.lake} --run-id "
                 f"{holder.run_id}` takes it back")  # fmt: skip


def key(given: Given) -> Check:
    """The pseudonym key: there, long enough, and the one that the lake's people were named by."""
    path = Path(given.key_file).expanduser()
    where = f"variable {KEY_VARIABLE}" if KEY_VARIABLE in given.environ else f"file {path}"
    try:
        secret = given.environ[KEY_VARIABLE].encode() if KEY_VARIABLE in given.environ else path.read_bytes().strip()
    except FileNotFoundError:
        secret = None
    except OSError as fault:
        return Check("key", f"{where}: {fault.strerror}", "mend its rights, or set the variable")
    marks = _key_marks(given)
    if secret is None:
        if marks:
            return Check(
                "key", f"no {where}, and no variable {KEY_VARIABLE}", "bring the key that the lake was made with"
            )
        return Check("key", "none yet; the first ingest of real people makes one")
    if len(secret) < LEAST_KEY_BYTES:
        return Check("key", f"{len(secret)} bytes in {where}", f"at least {LEAST_KEY_BYTES}, drawn at random")
    if marks and key_mark(secret) not in marks:
        return Check("key", f"{where} is not the key of this lake's people", "set the one that ingest used")
    return Check("key", f"{where}{', the one of this lake' if marks else ''}")


def store(given: Given) -> Check:
    """The MLflow store: readable, or answering."""
    named = given.store or given.environ.get("MLFLOW_TRACKING_URI") or ""
    uri = named or (f"{SQLITE}{Path(given.lake).absolute() / 'mlflow.db'}" if _here(given) else "")
    fix = "--tracking-uri or MLFLOW_TRACKING_URI, of a store that answers"
    if not uri and given.lake and has_scheme(given.lake) and not given.lake.startswith("file:"):
        return Check("MLflow", f"none for a lake at {given.lake}", fix)
    if not uri:
        return Check("MLflow", "sqlite in the lake, made by the first run")
    if uri.startswith(SQLITE):
        path = Path(uri.removeprefix(SQLITE))
        if not path.exists():
            return Check("MLflow", f"{path}, made by the first run")
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=SECONDS)) as there:
                runs = there.execute("SELECT count(*) FROM runs").fetchone()[0]
        except sqlite3.Error as fault:
            return Check("MLflow", f"{path}: {fault}", fix)
        closed = not os.access(path, os.W_OK)
        return Check("MLflow", f"{path}, {counted(runs, 'run')}{', closed to writing' * closed}", fix if closed else "")
    if uri.startswith(("http://", "https://")):
        try:
            with urllib.request.urlopen(f"{uri.rstrip('/')}/health", timeout=SECONDS) as answer:
                return Check("MLflow", f"{uri} answers {answer.status}")
        except (OSError, ValueError) as fault:
            return Check("MLflow", f"{uri}: {fault}", fix)
    return Check("MLflow", f"{uri}: not looked at from here")


LOOKS = (disk, tables, times, run, key, store)


def _here(given: Given) -> bool:
    """Whether there is a lake on this machine's disk, be its folder ops gone."""
    if not given.lake or has_scheme(given.lake):
        return False
    return os.path.isdir(os.path.join(given.lake, "ops")) or bool(_logs(given.lake))


def _logs(lake: str) -> list[Path]:
    return sorted(Path(lake).glob("*/*/_delta_log"))


def _newest(log: Path) -> Path | None:
    """The file of a table's newest commit."""
    return max((file for file in log.glob("*.json") if file.stem.isdigit()), default=None)


def _committed(log: Path) -> float:
    """When the newest commit was made, by the clock of who made it, or by its file's time."""
    file = _newest(log)
    if file is None:
        return 0.0
    with suppress(ValueError), open(file, encoding="utf-8") as lines:  # one that is not whole is told by `contents`
        for line in lines:
            if line.startswith('{"commitInfo"'):
                return max(json.loads(line)["commitInfo"].get("timestamp", 0) / 1000, file.stat().st_mtime)
    return file.stat().st_mtime


def _key_marks(given: Given) -> set[str]:
    """Marks of the keys that the lake's real people have, none where it cannot be read."""
    if not _here(given):
        return set()
    from ...core.plain_tables import PlainTable, Unreadable

    try:
        rows = PlainTable(os.path.join(given.lake, "ops", "sources")).rows(["key_mark"])
    except Unreadable:
        return set()
    return set(rows["key_mark"].dropna()) - {key_mark(SAMPLE_KEY)}
