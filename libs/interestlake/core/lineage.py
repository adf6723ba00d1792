"""Frames cut from the plan that made them: on executors' disks, or on a cluster below the lake, where no loss of an
executor takes them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.sql import DataFrame, SparkSession

from .session import on_one_machine
from .storage import files_in, filesystem

FOLDER = ".checkpoints"


@contextmanager
def checkpoints_below(spark: SparkSession, root: str, run_id: str) -> Iterator[None]:
    """Within, checkpoints of a cluster's session lie below the lake's `root`, and are gone afterwards.

    A folder that the caller gave to the session stays in use. On one machine the session has one on its own disk.
    """
    before = spark.sparkContext.getCheckpointDir()
    if on_one_machine(spark.sparkContext.master) or (before is not None and f"/{FOLDER}/" not in before):
        yield
        return
    address = f"{root}/{FOLDER}/{run_id}"
    system, path = filesystem(spark, address)
    system.delete(path, True)  # of a run that was killed
    spark.sparkContext.setCheckpointDir(address)
    try:
        yield
    finally:
        system.delete(path, True)


@contextmanager
def shared_folder(spark: SparkSession, root: str, name: str) -> Iterator[str]:
    """The address of a folder that every host of the session sees, gone afterwards: below the lake's `root` on a
    cluster, on one machine in its temporary folder."""
    if on_one_machine(spark.sparkContext.master):
        with tempfile.TemporaryDirectory(prefix="interestlake-") as folder:
            yield folder
        return
    address = f"{root}/{FOLDER}/{name}"
    system, path = filesystem(spark, address)
    try:
        yield address
    finally:
        system.delete(path, True)


def slices(frame: DataFrame, key: str, count: int, files_each: int, folder: str) -> list[DataFrame]:
    """The rows of `frame` in ranges of `key`, `count` at most and of about equal size, each a frame of its own files.

    Two Spark jobs: one for the bounds of the ranges, one that writes the rows, once, `files_each` files a range, below
    `folder`, which has to outlive the frames.
    """
    address = f"{folder}/slices"
    # overwritten: a killed run may have left some
    frame.repartitionByRange(count * files_each, key).write.mode("overwrite").parquet(address)
    files = files_in(frame.sparkSession, address, ".parquet")
    groups = [files[at : at + files_each] for at in range(0, len(files), files_each)]
    return [frame.sparkSession.read.schema(frame.schema).parquet(*group) for group in groups]


def cut(frame: DataFrame, eager: bool = True) -> DataFrame:
    """The rows of `frame` without the plan that made them. One Spark job; where `eager` is false, at the first action.

    Reliable where the session has a folder that every executor sees; kept by the executors where it has none, or runs
    on one machine, whose loss is the driver's too.
    """
    context = frame.sparkSession.sparkContext
    if on_one_machine(context.master) or context.getCheckpointDir() is None:
        return frame.localCheckpoint(eager)
    # read from its files by every later job: a lazy one would be computed twice
    return frame.checkpoint()
