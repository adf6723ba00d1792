"""A lake as one of its runs read and left it, less what people had deleted since."""

from collections.abc import Collection, Mapping

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from .commits import KEEPING
from .errors import BadInput
from .lake import Lake


class LakeAsOf(Lake):
    """The tables of `versions` alone, each at its version."""

    def __init__(self, lake: Lake, versions: Mapping[str, int]):
        super().__init__(lake.spark, lake.root)
        self.versions = versions

    def exists(self, name: str) -> bool:
        return name in self.versions

    def version(self, name: str) -> int:
        if name not in self.versions:
            raise BadInput.of(f"table {name}", found="none that the run read", expected=", ".join(self.versions),
                              where="the run")  # fmt: skip
        return self.versions[name]

    def read(self, name: str, version: int | None = None) -> DataFrame:
        return super().read(name, self.version(name) if version is None else version)


def lake_as_of(lake: Lake, run_id: str, stage: str, tables: Collection[str]) -> LakeAsOf:
    """Those of `tables` that `stage` of a run read or wrote, as it left them: later commits that deleted at a person's
    request are in it.

    Reads the tables' logs and runs two small Spark jobs a table. Raises BadInput for a run that did not finish the
    stage, and for a state whose files a vacuum has deleted.
    """
    versions = noted_versions(lake, run_id, stage)
    if versions is None:
        known = ", ".join(sorted(runs_of(lake, (stage,)))[-5:]) or "none: nothing has run"
        raise BadInput.of(f"run {run_id}", found=f"no finished {stage} of it", expected=f"one of {known}",
                          where="--run-id")  # fmt: skip
    forgets = runs_of(lake, ("forget",))
    noted = {name: versions[name] for name in tables if name in versions}
    stood = {name: standing(lake, name, version, forgets) for name, version in noted.items()}
    expect_kept(lake, run_id, stood)
    return LakeAsOf(lake, stood)


def noted_versions(lake: Lake, run_id: str, stage: str) -> dict[str, int] | None:
    """Versions of the tables that `stage` of a run read or wrote; None where it did not finish. One small Spark job."""
    if not lake.exists("ops.stages"):
        return None
    rows = lake.read("ops.stages").where((F.col("run_id") == run_id) & (F.col("stage") == stage))
    row = rows.select("versions").first()
    return None if row is None else row["versions"]


def expect_kept(lake: Lake, run_id: str, versions: Mapping[str, int]) -> None:
    """Raises BadInput where a vacuum has deleted files of one of these versions. Two small Spark jobs a table."""
    for name, version in versions.items():
        if gone := lake.gone_files(name, version):
            raise BadInput.of(
                f"run {run_id}",
                found=f"{len(gone)} files of {name}'s version {version} deleted",
                expected="all of them: `interestlake maintain` keeps maintain.keep_hours, `forget` deletes at once",
                where="nothing: that state cannot be read",
            )


def runs_of(lake: Lake, stages: Collection[str]) -> set[str]:
    """Ids of the runs that finished one of the stages. One small Spark job."""
    rows = lake.read("ops.stages").where(F.col("stage").isin(list(stages))).select("run_id").distinct()
    return {row["run_id"] for row in rows.collect()}


def standing(lake: Lake, name: str, version: int, harmless: Collection[str]) -> int:
    """The last version from `version` on before anything but upkeep and runs of `harmless` wrote to the table."""
    later = []
    for commit in lake.commits(name):
        if commit.version <= version:
            break
        later.append(commit)
    for commit in reversed(later):
        if commit.version != version + 1:  # between the two a state was taken back, or the log keeps no more
            break
        if commit.operation not in KEEPING and commit.run_id not in harmless:
            break
        version = commit.version
    return version
