"""The only Delta I/O: make, read (at a version), write by key, idempotent by run id, patient with other writers."""

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from delta import exceptions as refused
from delta.tables import DeltaTable
from pyspark.errors import AnalysisException
from pyspark.sql import Column, DataFrame, SparkSession

from .commits import NAMED, NAMING, Commit, action, last_version, standing
from .conflicts import patient
from .contract import conform, contract_of, described, empty, one_row, required, with_later_columns
from .errors import BadInput
from .merging import merge
from .only_row import only_row
from .schemas.all import Table
from .session import settings
from .storage import file_there, filesystem, jvm, located

DROPPED = ".dropped"  # folder of the lake that holds a table while its files are deleted
MISSING = -1  # stands for the version of a table before its first
TXN_APP, TXN_VERSION = "spark.databricks.delta.write.txnAppId", "spark.databricks.delta.write.txnVersion"

REFUSALS = (
    refused.ConcurrentAppendException, refused.ConcurrentDeleteReadException, refused.ConcurrentDeleteDeleteException,
    refused.ConcurrentTransactionException, refused.ConcurrentWriteException, refused.MetadataChangedException,
    refused.ProtocolChangedException, refused.DeltaConcurrentModificationException,
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """What one write did: the table's version after it and the rows it wrote (0 where nothing changed)."""

    table: str
    version: int
    rows: int


class Lake:
    """The Delta tables under one root folder or object-store prefix, as `<root>/<layer>/<table>`."""

    def __init__(self, spark: SparkSession, root: str, take: int = 1):
        """take: which time it is that what is written here is written, more than 1 after an undo of its run id."""
        self.spark, self.root, self.take = spark, located(root), take

    def path(self, name: str) -> str:
        contract_of(name)
        return f"{self.root}/{name.replace('.', '/')}"

    def exists(self, name: str) -> bool:
        return DeltaTable.isDeltaTable(self.spark, self.path(name))

    def version(self, name: str) -> int:
        """Newest version. Raises BadInput where the table is missing."""
        self._expect(name)
        return self._last_commit(name)

    def read(self, name: str, version: int | None = None) -> DataFrame:
        """The table, at `version` or newest. Lazy. Raises BadInput where the table or version is missing.

        A column that may be null and that a lake older than the contract lacks is null.
        """
        self._expect(name)
        reader = self.spark.read.format("delta")
        if version is None:
            return with_later_columns(name, reader.load(self.path(name)))
        try:
            return with_later_columns(name, reader.option("versionAsOf", version).load(self.path(name)))
        except AnalysisException as error:
            newest, where = self.version(name), "the version asked for"
            if 0 <= version <= newest:
                raise
            found = f"version {version}"
            raise BadInput.of(f"table {name}", found=found, expected=f"0..{newest}", where=where) from error

    def read_changes(self, name: str, from_version: int) -> DataFrame:
        """Rows changed since `from_version`, with Delta's _change_type columns. Needs the table's change feed."""
        self._expect(name)
        reader = self.spark.read.format("delta").option("readChangeFeed", "true")
        return reader.option("startingVersion", from_version).load(self.path(name))

    def input_files(self, name: str, version: int | None = None) -> list[str]:
        """Data files of a snapshot, in the order in which the write's partitions made them. Runs one Spark job."""
        return sorted(self.read(name, version).inputFiles(), key=lambda file: file.rsplit("/", 1)[-1])

    def create(self, name: str, app: str | None = None) -> bool:
        """Make the table, empty, with its constraints where it is missing; False, and no effect, where it stands.

        app: the name of the transaction.
        """
        if self.exists(name):
            return False
        self._make(contract_of(name), empty(self.spark, name), app)
        return True

    @patient(REFUSALS)
    def write(self, name: str, rows: DataFrame, run_id: str, in_place_of: str | None = None) -> Written:
        """Write `rows` in the way the contract names; the same run id again changes nothing.

        Columns are matched by name: a missing one, one too many or another type raises BadInput before anything is
        written. "merge" rewrites only rows that differ, and of those that meet the SQL condition `in_place_of` deletes
        the ones that `rows` lacks; "recompute" deletes all that `rows` lacks; "replace" leaves the former state as an
        older version.
        """
        table = contract_of(name)
        rows = conform(table, rows)
        before = self._last_commit(name) if self.exists(name) else MISSING
        app = f"{run_id}/{name}"
        if before == MISSING:
            self._make(table, rows, app)
        elif table.mode in ("merge", "recompute"):
            self._merge(table, rows, app, lacking="true" if table.mode == "recompute" else in_place_of)
        else:
            self._widen(table)
            mode = "append" if table.mode == "append" else "overwrite"
            writer = rows.write.format("delta").mode(mode).option("txnAppId", app).option("txnVersion", self.take)
            writer.save(self.path(name))
        version = self._last_commit(name)
        return Written(name, version, _rows_written(self._metrics(name, version)) if version > before else 0)

    @patient(REFUSALS)
    def change(self, name: str, rows: DataFrame, run_id: str) -> Written:
        """Merge `rows` by key: those whose further boolean column `gone` is true are deleted, the others put.

        Idempotent by run id as `write`; Written.rows counts rows put and deleted.
        """
        table = contract_of(name)
        conformed = conform(table, rows.drop("gone"), keep=rows)
        before = 0 if self.create(name, f"{run_id}/{name}/made") else self.version(name)
        self._merge(table, conformed, f"{run_id}/{name}", deletes=True)
        version = self._last_commit(name)
        return Written(name, version, _rows_written(self._metrics(name, version)) if version > before else 0)

    @patient(REFUSALS)
    def replace_where(self, name: str, rows: DataFrame, condition: str, run_id: str) -> Written:
        """Put `rows` in place of those that meet the SQL `condition`, which every new row must meet too.

        One commit, idempotent by run id. Raises BadInput for columns that are not the contract's.
        """
        table = contract_of(name)
        rows = conform(table, rows)
        before, app = self._last_commit(name) if self.exists(name) else MISSING, f"{run_id}/{name}"
        if before == MISSING:
            self._make(table, rows, app)
        else:
            writer = rows.write.format("delta").mode("overwrite").option("replaceWhere", condition)
            writer.option("txnAppId", app).option("txnVersion", self.take).save(self.path(name))
        version = self._last_commit(name)
        return Written(name, version, _rows_written(self._metrics(name, version)) if version > before else 0)

    @patient(REFUSALS)
    def delete(self, name: str, condition: str) -> Written:
        """Delete the rows that meet a SQL condition; Written.rows counts them. No commit where there are none."""
        before = self.version(name)
        self._delta(name).delete(condition)
        version = self._last_commit(name)
        return Written(name, version, int(self._metrics(name, version).get("numDeletedRows", 0)) * (version > before))

    @patient(REFUSALS)
    def update(self, name: str, condition: str, values: dict[str, str | Column]) -> Written:
        """Set columns to SQL expressions in the rows that meet a condition; Written.rows counts them."""
        before = self.version(name)
        self._delta(name).update(condition, values)
        version = self._last_commit(name)
        return Written(name, version, int(self._metrics(name, version).get("numUpdatedRows", 0)) * (version > before))

    def operation(self, name: str) -> str:
        """What Delta calls the newest commit: WRITE, MERGE, DELETE, ..."""
        return self._action(name, self.version(name), "commitInfo").get("operation", "")

    def vacuum(self, name: str, keep_hours: float, checked: bool = False) -> None:
        """Delete data and change files that the newest version does not use and that are older than `keep_hours`.

        Older versions can no longer be read; with 0 a reader in their middle fails. checked: by Delta's own check, too.
        """
        # listing the files of one table takes no more tasks than there are slots; the default is ten thousand
        slots = str(self.spark.sparkContext.defaultParallelism)
        own = {
            "spark.databricks.delta.retentionDurationCheck.enabled": str(checked).lower(),
            "spark.sql.sources.parallelPartitionDiscovery.parallelism": slots,
        }
        with settings(self.spark, own):
            self._delta(name).vacuum(keep_hours)

    def written_by(self, name: str, run_id: str) -> int | None:
        """The version that `write` made under this run id, None where it made none. Reads the log, newest first."""
        return next((commit.version for commit in self.commits(name) if commit.app == f"{run_id}/{name}"), None)

    def commits(self, name: str) -> Iterator[Commit]:
        """Those that the table's rows rest on, newest first, as `commits.standing`; none where there is no table."""
        return standing(self.spark, self.path(name)) if self.exists(name) else iter(())

    def named(self, run_id: str) -> AbstractContextManager[None]:
        """Context: every commit of this session bears the run id, also those without a transaction's name."""
        return settings(self.spark, {NAMING: f"{NAMED}{run_id}"})

    def gone_files(self, name: str, version: int) -> list[str]:
        """Data files of a version that a vacuum has deleted. Raises BadInput where the log cannot say. Two jobs."""
        try:
            then = set(self.input_files(name, version)) - set(self.input_files(name))
        except AnalysisException as error:
            raise BadInput.of(f"table {name}", found=f"no log of version {version} any more", expected="one that "
                              "Delta still keeps", where="nothing: that state cannot be read") from error  # fmt: skip
        return [file for file in sorted(then) if not file_there(self.spark, unquote(file))]

    @patient(REFUSALS)
    def restore(self, name: str, version: int) -> Written:
        """Make the rows, and the columns, those of an earlier version; a commit of its own, which `commits` knows."""
        found = only_row(self._delta(name).restoreToVersion(version))
        return Written(name, self._last_commit(name), found["num_removed_files"] + found["num_restored_files"])

    def drop(self, name: str) -> None:
        """Take the table away, its versions too: in one step where the file system moves a folder in one."""
        fs, aside = filesystem(self.spark, f"{self.root}/{DROPPED}/{name}-{uuid.uuid4().hex}")
        if self.exists(name):
            fs.mkdirs(aside.getParent())
            if not fs.rename(filesystem(self.spark, self.path(name))[1], aside):
                raise OSError(f"table {name} cannot be moved to {aside}")
            # this JVM would go on with the state that it has read
            jvm(self.spark).org.apache.spark.sql.delta.DeltaLog.clearCache()
        fs.delete(aside.getParent(), True)  # of a call that was killed before this step, too

    def _make(self, table: Table, rows: DataFrame, app: str | None = None) -> None:
        # one commit makes the table and writes its first rows: a second one costs as much again
        writer = described(table, rows).write.format("delta").mode("append").option("userMetadata", table.meaning)
        if app:
            writer = writer.option("txnAppId", app).option("txnVersion", self.take)
        for check, condition in (*table.checks, *required(table)):
            writer = writer.option(f"delta.constraints.{check}", condition)
        if table.change_feed:
            writer = writer.option("delta.enableChangeDataFeed", "true")
        writer.save(self.path(table.name))

    def _widen(self, table: Table) -> None:
        """Give an older table the columns that its contract has had since."""
        there = self._delta(table.name).toDF().columns
        later = [f"{column.name} {column.type}" for column in table.columns if column.name not in there]
        if later:
            self.spark.sql(f"ALTER TABLE delta.`{self.path(table.name)}` ADD COLUMNS ({', '.join(later)})")

    def _merge(
        self, table: Table, rows: DataFrame, app: str, deletes: bool = False, lacking: str | None = None
    ) -> None:
        self._widen(table)
        merge(self._named_delta(table.name, app), table, rows, self._file_count(table.name), deletes, lacking)

    def _file_count(self, name: str) -> int:
        """Data files of the newest version, from the log's state, which a merge reads anyway."""
        jvm(self.spark).org.apache.spark.sql.SparkSession.setActiveSession(self.spark._jsparkSession)  # a thread's own
        log = jvm(self.spark).org.apache.spark.sql.delta.DeltaLog
        return int(log.forTable(self.spark._jsparkSession, self.path(name)).unsafeVolatileSnapshot().numOfFiles())

    def _last_commit(self, name: str) -> int:
        return last_version(self.spark, self.path(name))

    def _metrics(self, name: str, version: int) -> dict[str, str]:
        return self._action(name, version, "commitInfo").get("operationMetrics", {})

    def _action(self, name: str, version: int, kind: str) -> dict:
        return action(self.spark, self.path(name), version, kind)

    def _delta(self, name: str) -> DeltaTable:
        self._expect(name)
        return DeltaTable.forPath(self.spark, self.path(name))

    def _named_delta(self, name: str, app: str) -> DeltaTable:
        """The table in a session of its own: a merge takes the name of its transaction from the session, which threads
        share, and merges of other tables are to run beside it."""
        own: Any = self.spark._jsparkSession.cloneSession()  # pyrefly: ignore
        own.conf().set(TXN_APP, app)
        own.conf().set(TXN_VERSION, str(self.take))
        return DeltaTable(self.spark, jvm(self.spark).io.delta.tables.DeltaTable.forPath(own, self.path(name)))

    def _expect(self, name: str) -> None:
        if not self.exists(name):
            raise BadInput.of(
                f"table {name}",
                found=f"none at {self.path(name)}",
                expected="a Delta table made by an earlier stage",
                where="--lake, or run the earlier stages first (interestlake run --until ...)",
            )


def _rows_written(metrics: dict[str, str]) -> int:
    if "numTargetRowsInserted" in metrics:
        changed = ("numTargetRowsInserted", "numTargetRowsUpdated", "numTargetRowsDeleted")
        return sum(int(metrics.get(name, 0)) for name in changed)
    return int(metrics.get("numOutputRows", 0))


__all__ = ["Lake", "Written", "empty", "one_row"]
