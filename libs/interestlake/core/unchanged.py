"""Whether a stage would only write again what stands: what it rested on, kept beside its mark, held against what is."""

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .lake import Lake
from .params.all import Params
from .params.kinds import of_rows
from .plain_tables import state_mark

SECTION, READ, WROTE, ABSENT, SEED, CODE, INPUT = "section:", "read:", "wrote:", "absent", "seed", "code", "input"
PACKAGE = Path(__file__).parents[1]
SECTIONS = frozenset(one.name for one in fields(Params))


class WatchedParams(Params):
    """The same parameters; `sections` names those that were looked at."""

    @classmethod
    def of(cls, params: Params) -> "WatchedParams":
        watched = cls(**{name: getattr(params, name) for name in SECTIONS})
        object.__setattr__(watched, "sections", set())  # from here on they are noted
        return watched

    def __getattribute__(self, name: str):
        if name in SECTIONS and "sections" in object.__getattribute__(self, "__dict__"):
            object.__getattribute__(self, "sections").add(name)
        return object.__getattribute__(self, name)


class WatchedLake(Lake):
    """The same lake; `reads` has the version of each table that was read, `absent` those looked for and not there."""

    def __init__(self, spark: SparkSession, root: str, take: int = 1):
        super().__init__(spark, root, take)
        self.reads: dict[str, int] = {}
        self.absent: set[str] = set()

    def exists(self, name: str) -> bool:
        there = super().exists(name)
        if not there:
            self.absent.add(name)
        return there

    def read(self, name: str, version: int | None = None) -> DataFrame:
        rows = super().read(name, version)
        self.reads[name] = self.version(name) if version is None else version
        return rows


def rested_on(lake: WatchedLake, params: WatchedParams, seed: int, wrote: Mapping[str, int], given: str | None) -> dict:
    """What a finished stage rested on, as it stands in ops.stages; {} where the tables' files cannot be listed.

    wrote: table -> version. A table that the stage wrote too counts as it left it. given: the mark of the run's input
    for a stage that reads no table, else None. Reads the tables' logs, no rows.
    """
    marks = {f"{READ}{name}": state_mark(lake.path(name), at) for name, at in lake.reads.items() if name not in wrote}
    marks |= {f"{WROTE}{name}": state_mark(lake.path(name), version) for name, version in wrote.items()}
    if None in marks.values():
        return {}
    absent = sorted(lake.absent - set(wrote))
    sections = {f"{SECTION}{name}": digest_of(of_rows(getattr(params, name))) for name in sorted(params.sections)}
    said = {} if given is None else {INPUT: given}
    return {**marks, **sections, **said, ABSENT: " ".join(absent), SEED: str(seed), CODE: code_mark()}


def unchanged_since(rows: Iterable, lake: Lake, params: Params, seed: int, given: str | None) -> Any:
    """The first of the rows of ops.stages of one stage whose `rests_on` still holds; None where none does."""
    now = functools.cache(lambda name: state_mark(lake.path(name)))
    there = functools.cache(lake.exists)

    def holds(key: str, value: str) -> bool:
        if key.startswith((READ, WROTE)):
            return now(key.split(":", 1)[1]) == value
        if key.startswith(SECTION):
            name = key.removeprefix(SECTION)
            return name in SECTIONS and digest_of(of_rows(getattr(params, name))) == value
        if key == ABSENT:
            return not any(there(name) for name in value.split())
        return {SEED: str(seed), CODE: code_mark(), INPUT: given}.get(key) == value

    # what costs nothing is looked at first
    return next(
        (row for row in rows if all(holds(*one) for one in sorted(row["rests_on"].items(), key=_tables_last))), None
    )


def marks_of(lake: Lake, stage: str) -> list:
    """Rows of ops.stages of `stage` that say what they rested on: one a run. One small Spark job."""
    if not lake.exists("ops.stages"):
        return []
    rows = lake.read("ops.stages").where((F.col("stage") == stage) & F.col("rests_on").isNotNull())
    return rows.where(F.size("rests_on") > 0).collect()


def input_mark(lake: Lake, run_id: str) -> str | None:
    """Source, seed, mapping and content of the files of a claimed run; see `claim.PARTS`. One small Spark job."""
    row = lake.read("ops.runs").where(F.col("run_id") == run_id).select("fingerprint").first()
    return None if row is None else "-".join(row["fingerprint"].split("-")[:3])


@functools.cache
def code_mark() -> str:
    """A digest of the package's code."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _tables_last(one: tuple[str, str]) -> bool:
    return one[0].startswith((READ, WROTE))


def digest_of(value: object) -> str:
    """Sixteen digits by which plain values are told apart."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
