"""The only Delta I/O: make, read (at a version), write by key, idempotent by run id, patient with other writers."""

import json
import os
import re
import threading
from dataclasses import dataclass

from delta import exceptions as refused
from delta.tables import DeltaTable
from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession

from .conflicts import patient
from .contract import conform, contract_of, described, empty, equal, one_row, required, type_of, with_later_columns
from .errors import BadInput
from .schemas.all import Table
from .storage import filesystem, has_scheme

MISSING = -1  # stands for the version of a table before its first
TXN_APP, TXN_VERSION = "spark.databricks.delta.write.txnAppId", "spark.databricks.delta.write.txnVersion"

REFUSALS = (
    refused.ConcurrentAppendException, refused.ConcurrentDeleteReadException, refused.ConcurrentDeleteDeleteException,
    refused.ConcurrentTransactionException, refused.ConcurrentWriteException, refused.MetadataChangedException,
    refused.ProtocolChangedException, refused.DeltaConcurrentModificationException,
)  # fmt: skip
# a merge takes its transaction's name from the session, which threads share
MERGING = threading.Lock()


@dataclass(frozen=True)
class Written:
    """What one write did: the table's version after it and the rows it wrote (0 where nothing changed)."""

    table: str
    version: int
    rows: int


class Lake:
    """The Delta tables under one root folder or object-store prefix, as `<root>/<layer>/<table>`."""

    def __init__(self, spark: SparkSession, root: str):
        self.spark, self.root = spark, self.located(root)

    @staticmethod
    def located(root: str) -> str:
        """The address of a lake's root as paths stand on it."""
        # Delta reads a relative location as a table's name; a scheme (s3a:, dbfs:) has no working folder
        return (root if has_scheme(root) else os.path.abspath(root)).rstrip("/")

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

    def create(self, name: str) -> bool:
        """Make the table, empty, with its constraints where it is missing; False, and no effect, where it stands."""
        if self.exists(name):
            return False
        self._make(contract_of(name), empty(self.spark, name))
        return True

    @patient(REFUSALS)
    def write(self, name: str, rows: DataFrame, run_id: str) -> Written:
        """Write `rows` in the way the contract names; the same run id again changes nothing.

        Columns are matched by name: a missing one, one too many or another type raises BadInput before anything is
        written. "merge" rewrites only rows that differ; "recompute" also deletes the rows that `rows` lacks; "replace"
        leaves the former state as an older version.
        """
        table = contract_of(name)
        rows = conform(table, rows)
        before = self._last_commit(name) if self.exists(name) else MISSING
        app = f"{run_id}/{name}"
        if before == MISSING:
            self._make(table, rows, app)
        elif table.mode in ("merge", "recompute"):
            self._merge(table, rows, app, whole=table.mode == "recompute")
        else:
            mode = "append" if table.mode == "append" else "overwrite"
            writer = rows.write.format("delta").mode(mode).option("txnAppId", app).option("txnVersion", 1)
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
        before = 0 if self.create(name) else self.version(name)
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
            writer.option("txnAppId", app).option("txnVersion", 1).save(self.path(name))
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
    def update(self, name: str, condition: str, values: dict[str, str]) -> Written:
        """Set columns to SQL expressions in the rows that meet a condition; Written.rows counts them."""
        before = self.version(name)
        self._delta(name).update(condition, values)
        version = self._last_commit(name)
        return Written(name, version, int(self._metrics(name, version).get("numUpdatedRows", 0)) * (version > before))

    def operation(self, name: str) -> str:
        """What Delta calls the newest commit: WRITE, MERGE, DELETE, ..."""
        return self._action(name, self.version(name), "commitInfo").get("operation", "")

    def vacuum(self, name: str, keep_hours: float) -> None:
        """Delete data and change files that the newest version does not use and that are older than `keep_hours`.

        Versions older than that can no longer be read; with 0 a reader in the middle of an older version fails.
        """
        # listing the files of one table takes no more tasks than there are slots; the default is ten thousand
        slots = str(self.spark.sparkContext.defaultParallelism)
        own = {
            "spark.databricks.delta.retentionDurationCheck.enabled": "false",
            "spark.sql.sources.parallelPartitionDiscovery.parallelism": slots,
        }
        before = {key: self.spark.conf.get(key, None) for key in own}
        for key, value in own.items():
            self.spark.conf.set(key, value)
        try:
            self._delta(name).vacuum(keep_hours)
        finally:
            for key, value in before.items():
                self.spark.conf.unset(key) if value is None else self.spark.conf.set(key, value)

    def written_by(self, name: str, run_id: str) -> int | None:
        """The version that `write` made under this run id, None where it made none. Reads the log, newest first."""
        if not self.exists(name):
            return None
        app = f"{run_id}/{name}"
        versions = range(self._last_commit(name), -1, -1)
        return next((v for v in versions if self._action(name, v, "txn").get("appId") == app), None)

    def _make(self, table: Table, rows: DataFrame, app: str | None = None) -> None:
        # one commit makes the table and writes its first rows: a second one costs as much again
        writer = described(table, rows).write.format("delta").mode("append").option("userMetadata", table.meaning)
        if app:
            writer = writer.option("txnAppId", app).option("txnVersion", 1)
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

    def _merge(self, table: Table, rows: DataFrame, app: str, deletes: bool = False, whole: bool = False) -> None:
        self._widen(table)
        on = " AND ".join(f"t.{key} = s.{key}" for key in table.key)
        values = [name for name in table.column_names if name not in table.key]
        same = " AND ".join(equal(name, type_of(table, name)) for name in values)
        with MERGING:
            self.spark.conf.set(TXN_APP, app)
            self.spark.conf.set(TXN_VERSION, "1")
            try:
                merge = self._delta(table.name).alias("t").merge(rows.alias("s"), on)
                put = {column: f"s.{column}" for column in table.column_names}
                if deletes:
                    merge = merge.whenMatchedDelete("s.gone")
                if values:
                    merge = merge.whenMatchedUpdate(condition=f"NOT ({same})", set=put)
                merge = merge.whenNotMatchedInsert(condition="NOT s.gone" if deletes else None, values=put)
                (merge.whenNotMatchedBySourceDelete() if whole else merge).execute()
            finally:
                self.spark.conf.unset(TXN_APP)
                self.spark.conf.unset(TXN_VERSION)

    def _last_commit(self, name: str) -> int:
        # a listing of the log, as the Delta protocol lays it out: the history API runs Spark jobs for the same number
        fs, log = filesystem(self.spark, f"{self.path(name)}/_delta_log")
        names = (status.getPath().getName() for status in fs.listStatus(log))
        return max(int(name.removesuffix(".json")) for name in names if re.fullmatch(r"\d{20}\.json", name))

    def _metrics(self, name: str, version: int) -> dict[str, str]:
        return self._action(name, version, "commitInfo").get("operationMetrics", {})

    def _action(self, name: str, version: int, kind: str) -> dict:
        """The first action of a kind in a commit; {} where it has none, or where the log no longer keeps the commit."""
        fs, commit = filesystem(self.spark, f"{self.path(name)}/_delta_log/{version:020d}.json")
        if not fs.exists(commit):
            return {}
        java = self.spark._jvm.java.io
        reader = java.BufferedReader(java.InputStreamReader(fs.open(commit), "UTF-8"))
        try:
            while line := reader.readLine():
                if line.startswith(f'{{"{kind}"'):
                    return json.loads(line)[kind]
        finally:
            reader.close()
        return {}

    def _delta(self, name: str) -> DeltaTable:
        self._expect(name)
        return DeltaTable.forPath(self.spark, self.path(name))

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
