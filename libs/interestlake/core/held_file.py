"""One small file that a process makes where there is none: on this machine's disk, or on any Hadoop file system."""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from py4j.protocol import Py4JJavaError

from .storage import filesystem, read_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class LocalFile:
    """On this machine's disk, without Spark."""

    def __init__(self, path: str):
        self.path = Path(path)

    def put_new(self, text: str) -> bool:
        """Make it with this text; False where it is there. Of several at once one makes it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            made = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            return False
        try:
            with os.fdopen(made, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:  # a full disk
            self.remove()
            raise
        return True

    def read(self) -> str | None:
        """Its text; None where it is not there."""
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def silent_s(self) -> float:
        """Seconds since it was made or touched, by this machine's clock."""
        try:
            return time.time() - self.path.stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def touch(self, text: str) -> None:
        """Say that its maker lives."""
        os.utime(self.path)

    def remove(self) -> None:
        """Take it away, where it is there."""
        self.path.unlink(missing_ok=True)


class HadoopFile:
    """On HDFS or an object store. Where the store makes no file exclusively (S3), the last of two at once has it."""

    def __init__(self, spark: "SparkSession", address: str):
        self.spark, self.address = spark, address
        self.system, self.path = filesystem(spark, address)

    def put_new(self, text: str) -> bool:
        """As `LocalFile.put_new`. What the store refuses is an OSError."""
        try:
            if self.system.exists(self.path):
                return False
            self._write(text, over=False)
        except Py4JJavaError as fault:
            said = str(fault.java_exception)
            if "AlreadyExists" in said:
                return False
            raise OSError(said) from fault
        return True

    def read(self) -> str | None:
        """As `LocalFile.read`."""
        return read_text(self.spark, self.address)

    def silent_s(self) -> float:
        """Seconds since it was written, by this machine's clock and the store's."""
        if not self.system.exists(self.path):
            return 0.0
        return time.time() - self.system.getFileStatus(self.path).getModificationTime() / 1000

    def touch(self, text: str) -> None:
        """Write it again: object stores have no time of change that could be set."""
        self._write(text, over=True)

    def remove(self) -> None:
        """As `LocalFile.remove`."""
        self.system.delete(self.path, False)

    def _write(self, text: str, over: bool) -> None:
        stream = self.system.create(self.path, over)
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()


def held_file(spark: "SparkSession", address: str) -> LocalFile | HadoopFile:
    """The file at `address`, on whichever file system the session finds there."""
    system, path = filesystem(spark, address)
    local = system.getUri().getScheme() == "file"
    return LocalFile(path.toUri().getPath()) if local else HadoopFile(spark, address)
