"""What an undo of a run would do, read from the tables' logs, and why it may not: looked at before anything changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyspark.sql import functions as F

from .claim import undone_run
from .commits import KEEPING, Commit
from .config import JOURNAL, ROLLBACK, UNDO
from .errors import BadInput
from .lake import Lake
from .schemas.all import ALL

OPS = ("ops.runs", "ops.stages")  # shared by all runs: rows go, no version comes back
OBJECTIONS, FORGET = "silver.objections", "forget"  # table and stage of what people asked to be deleted
# sources of runs that are not undone -> what is said of one
KEPT = {
    ROLLBACK: "a rollback, whose way back is `interestlake rollback --to` another run",
    JOURNAL: "a load of a service's journal, whose files are gone: what it took would be lost",
}
CLOCKS_MS = 60_000  # by which the clocks of two writers may differ


@dataclass(frozen=True)
class Step:
    """One table that the run wrote: the version before its first commit (None: the run made the table, which goes),
    the run's commits, and what others committed since."""

    table: str
    version: int | None
    commits: tuple[Commit, ...]
    later: tuple[Commit, ...]


@dataclass(frozen=True)
class Plan:
    """What an undo of a run changes. readers: (run, table) of others that read what it wrote."""

    run_id: str
    steps: tuple[Step, ...]
    readers: tuple[tuple[str, str], ...]


def plan_undo(lake: Lake, run_id: str) -> Plan:
    """What is left to do of the undo of a run, which may be finished in part. Changes nothing.

    Raises BadInput where the run is not to be undone: nobody knows it, later commits stand on a table of its, or a
    person's forgetting came after its beginning.
    """
    began_ms = expect_nothing_forgotten(lake, run_id)
    steps = tuple(step for name in ALL if name not in OPS and (step := _step(lake, name, run_id, began_ms)))
    _refuse_later(steps, run_id)
    _refuse_gone(lake, steps, run_id)
    return Plan(run_id, steps, _readers(lake, steps, run_id))


def undo_step(lake: Lake, step: Step) -> None:
    """Bring one table back, or take it away."""
    if step.version is None:
        lake.drop(step.table)
    else:
        lake.restore(step.table, step.version)


def expect_known(run_id: str, sources: Mapping[str, str]) -> None:
    """BadInput where a run is none of the lake's, or an undo itself. sources: run -> source, of every run."""
    if run_id not in sources:
        known = ", ".join(sorted(one for one, source in sources.items() if source != UNDO)[-5:])
        raise BadInput.of(f"run {run_id}", found="no such run in this lake", expected=f"one like {known or 'none'}",
                          where="--run-id (ops.runs lists them)")  # fmt: skip
    if sources[run_id] == UNDO:
        raise BadInput.of(f"run {run_id}", found="an undo", expected=f"a run; run {undone_run(run_id)} again "
                          "to have it back", where="--run-id")  # fmt: skip
    if why := KEPT.get(sources[run_id]):
        raise BadInput.of(f"run {run_id}", found=why, expected="another run", where="--run-id")


def expect_nothing_forgotten(lake: Lake, run_id: str) -> int:
    """When the run was claimed, in milliseconds since 1970.

    Raises BadInput where nobody knows it or it is none to undo, and where a forgetting ended after it began, or has not
    ended: an older version may hold those rows.
    """
    runs = {row["run_id"]: row for row in lake.read("ops.runs").collect()}
    began_ms = _began_ms(lake, run_id, {one: row["source"] for one, row in runs.items()})
    _refuse_forgotten(lake, run_id, began_ms, {one: row["fingerprint"] for one, row in runs.items()})
    return began_ms


def _began_ms(lake: Lake, run_id: str, sources: Mapping[str, str]) -> int:
    """When the run was claimed. sources: of every run."""
    expect_known(run_id, sources)
    claim = next((commit for commit in lake.commits("ops.runs") if commit.app == f"{run_id}/ops.runs"), None)
    if claim is None:
        raise BadInput.of(f"run {run_id}", found="a run so old that the lake's log no longer says what it wrote",
                          expected="one within delta.logRetentionDuration (30 days)", where="--run-id")  # fmt: skip
    return claim.written_ms


def _step(lake: Lake, name: str, run_id: str, began_ms: int) -> Step | None:
    """The step of a table; None where no commit of the run stands on it."""
    since = []
    for commit in lake.commits(name):
        if commit.written_ms < began_ms - CLOCKS_MS:
            break
        since.append(commit)
    mine = [commit for commit in since if commit.run_id == run_id and commit.operation not in KEEPING]
    if not mine:
        return None
    first = mine[-1].version
    later = [one for one in since if one.version > first and one.run_id != run_id and one.operation not in KEEPING]
    return Step(name, first - 1 if first else None, tuple(reversed(mine)), tuple(reversed(later)))


def _refuse_later(steps: Iterable[Step], run_id: str) -> None:
    """BadInput where others wrote to the tables since, with each of them and its tables."""
    by: dict[str, list[str]] = {}
    for step in steps:
        for commit in step.later:
            said = by.setdefault(commit.run_id or f"a writer without a name ({commit.operation})", [])
            said += [] if step.table in said else [step.table]
    if by:
        told = "; ".join(f"{who} wrote {', '.join(tables[:4])}{' ...' if len(tables) > 4 else ''}"
                         for who, tables in by.items())  # fmt: skip
        raise BadInput.of(f"run {run_id}", found=f"later writes to its tables: {told}",
                          expected="none: undo the newest of them first", where="--run-id")  # fmt: skip


def _refuse_gone(lake: Lake, steps: Iterable[Step], run_id: str) -> None:
    """BadInput where a vacuum has deleted what a table would go back to."""
    for step in steps:
        gone = [] if step.version is None else lake.gone_files(step.table, step.version)
        if gone:
            raise BadInput.of(
                f"run {run_id}",
                found=f"{len(gone)} files of {step.table} version {step.version} deleted by a vacuum",
                expected="a state whose files are there; nothing was changed",
                where="--run-id, or load what is right under a new one",
            )


def _refuse_forgotten(lake: Lake, run_id: str, began_ms: int, marks: dict[str, str]) -> None:
    """BadInput where a forgetting ended after the run began, or has not ended: an older version may hold those rows.

    marks: run -> fingerprint. A killed forgetting has ended with any later one that was asked for the same.
    """
    ended, asking = _forgettings(lake)
    if run_id in ended:
        raise BadInput.of(f"run {run_id}", found="a person's forgetting", expected="a run: what is forgotten does not "
                          "come back", where="--run-id")  # fmt: skip
    # one whose commit the log no longer keeps is older than every state that it keeps
    ended_ms: dict[Any, int] = {one: 0 for one in ended} | {
        commit.run_id: commit.written_ms for commit in lake.commits("ops.stages")
        if commit.run_id in ended and commit.app == f"{commit.run_id}/{FORGET}/ops.stages"
    }  # fmt: skip
    by_mark = {marks.get(one, one): 0 for one in ended}
    for one, at_ms in ended_ms.items():
        by_mark[marks.get(one, one)] = max(by_mark[marks.get(one, one)], at_ms)
    latest = began_ms - CLOCKS_MS
    after = sorted(one for one in ended | asking if by_mark.get(marks.get(one, one), began_ms) >= latest)
    if after:
        raise BadInput.of(f"run {run_id}", found=f"rows forgotten since it began, by {', '.join(after[:3])}",
                          expected="none: an older version of the tables could bring them back",
                          where="--run-id; load what is right under a new one instead")  # fmt: skip


def expect_forgotten(lake: Lake) -> None:
    """Raises BadInput where a forgetting was begun and has not ended: old files that it has to delete would stay."""
    ended, asking = _forgettings(lake)
    runs = lake.read("ops.runs").where(F.col("run_id").isin(*ended, *asking)).select("run_id", "fingerprint")
    marks = {row["run_id"]: row["fingerprint"] for row in runs.collect()} if asking - ended else {}
    ended_marks = {marks.get(one, one) for one in ended}
    if pending := sorted(one for one in asking - ended if marks.get(one, one) not in ended_marks):
        raise BadInput.of(f"lake {lake.root}", found=f"a forgetting that has not ended, {', '.join(pending[:3])}",
                          expected="none: the same `interestlake forget` again ends it", where="--lake")  # fmt: skip


def _forgettings(lake: Lake) -> tuple[set[str], set[str]]:
    """Runs that ended a person's forgetting, and those that were asked to."""
    stages = lake.read("ops.stages").where(f"stage = '{FORGET}'") if lake.exists("ops.stages") else None
    ended = {row["run_id"] for row in stages.select("run_id").collect()} if stages is not None else set()
    asked = lake.read(OBJECTIONS).where(f"action = '{FORGET}'").select("run_id") if lake.exists(OBJECTIONS) else None
    return ended, {row["run_id"].split("/")[0] for row in asked.collect()} if asked is not None else set()


def _readers(lake: Lake, steps: Iterable[Step], run_id: str) -> tuple[tuple[str, str], ...]:
    """(run, table) where another run noted that it read, or wrote, a version of the table that goes."""
    if not lake.exists("ops.stages"):
        return ()
    first = {step.table: step.commits[0].version for step in steps}
    rows = lake.read("ops.stages").where(f"run_id <> '{run_id}'").select("run_id", "versions").collect()
    found = {(row["run_id"], table) for row in rows for table, version in row["versions"].items()
             if version >= first.get(table, version + 1)}  # fmt: skip
    return tuple(sorted(found))
