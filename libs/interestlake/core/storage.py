"""Where files lie: local disk, HDFS or an object store, by one address."""

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .errors import BadInput

if TYPE_CHECKING:  # the command line asks has_scheme before Spark is loaded
    from pyspark.sql import SparkSession


def has_scheme(path: str) -> bool:
    """Whether a path names its file system: s3a://bucket/lake, dbfs:/lake."""
    return re.match(r"[a-z][a-z0-9+.-]+:", path) is not None


def located(root: str) -> str:
    """The address of a lake's root as its paths stand on it."""
    # Delta reads a relative location as a table's name; a scheme (s3a:, dbfs:) has no working folder
    return (root if has_scheme(root) else os.path.abspath(root)).rstrip("/")


def as_on_disk(path: str) -> str:
    """A path that is there on this machine, made absolute where its beginning could be read as a scheme (`co:lon`)."""
    return os.path.abspath(path) if has_scheme(path) and os.path.lexists(path) else path


def jvm(spark: "SparkSession") -> Any:
    """The packages of the session's JVM, to which Py4J gives no types."""
    return spark._jvm


def filesystem(spark: "SparkSession", path: str) -> tuple[Any, Any]:
    """(Hadoop FileSystem, Hadoop Path) of an address; `path` may be local, HDFS or an object store."""
    hadoop_path = jvm(spark).org.apache.hadoop.fs.Path(path)
    java: Any = spark._jsc
    return hadoop_path.getFileSystem(java.hadoopConfiguration()), hadoop_path


def local_path(spark: "SparkSession", address: str) -> Path | None:
    """The place of an address on this machine's disk; None where it lies on another file system."""
    system, path = filesystem(spark, address)
    return Path(path.toUri().getPath()) if system.getUri().getScheme() == "file" else None


def file_there(spark: "SparkSession", address: str) -> bool:
    """Whether there is a file at an address."""
    system, path = filesystem(spark, address)
    return system.exists(path)


def size_of(spark: "SparkSession", address: str) -> int:
    """Bytes of the file at an address."""
    system, path = filesystem(spark, address)
    return system.getFileStatus(path).getLen()


def read_text(spark: "SparkSession", address: str) -> str | None:
    """The whole of a small UTF-8 file on whatever file system its address names; None where there is none."""
    system, path = filesystem(spark, address)
    if not system.exists(path):
        return None
    stream = system.open(path)
    try:
        return jvm(spark).org.apache.commons.io.IOUtils.toString(stream, "UTF-8")
    finally:
        stream.close()


def put_file(spark: "SparkSession", local: Path, address: str) -> None:
    """Copy a file of this machine to `address` on whatever file system it names, in place of one that is there."""
    system, path = filesystem(spark, address)
    _send(spark, local, system, path)


def put_whole(spark: "SparkSession", local: Path, address: str) -> None:
    """As `put_file`, by a copy beside it that is then renamed: a reader finds a whole file, or for a moment none."""
    system, path = filesystem(spark, address)
    part = jvm(spark).org.apache.hadoop.fs.Path(f"{address}.part")
    _send(spark, local, system, part)
    system.delete(path, False)
    if not system.rename(part, path):
        raise OSError(f"{address}.part cannot be renamed to {address}")


def _send(spark: "SparkSession", local: Path, system: Any, path: Any) -> None:
    # not copyFromLocalFile: S3A's own refuses a path without a scheme
    fs, java = jvm(spark).org.apache.hadoop.fs, cast(Any, spark._jsc)
    conf = java.hadoopConfiguration()
    here = fs.FileSystem.getLocal(conf).getRaw()
    fs.FileUtil.copy(here, fs.Path(str(local)), system, path, False, True, conf)


def files_in(spark: "SparkSession", folder: str, suffix: str) -> list[str]:
    """Addresses of the files with this suffix that lie in a folder, in order; none where there is no folder."""
    system, path = filesystem(spark, folder)
    if not system.exists(path):
        return []
    names = (status.getPath().getName() for status in system.listStatus(path) if status.isFile())
    return [f"{folder}/{name}" for name in sorted(names) if name.endswith(suffix)]


def fetch_file(spark: "SparkSession", address: str, local: Path) -> None:
    """Copy the file at `address` to this machine. Raises BadInput where there is none."""
    system, path = filesystem(spark, address)
    if not system.exists(path):
        raise BadInput.of(f"file {address}", found="nothing there", expected="the file that the table names",
                          where="--lake: was it copied whole?")  # fmt: skip
    system.copyToLocalFile(False, path, jvm(spark).org.apache.hadoop.fs.Path(str(local)), True)


def remove_file(spark: "SparkSession", address: str) -> None:
    """Remove the file at `address` where there is one."""
    system, path = filesystem(spark, address)
    system.delete(path, False)


def remove_folder(spark: "SparkSession", address: str) -> None:
    """Remove the folder at `address`, with all in it, where there is one."""
    system, path = filesystem(spark, address)
    system.delete(path, True)


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes, read a part at a time."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, text: str) -> None:
    """Put `text` at `path` in one step: a reader sees the old page or the new one, never half of it.

    Raises BadInput where something else than a file is there: a folder, a device, a pipe.
    """
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "a device or pipe"
        raise BadInput.of(f"file {path}", found=kind, expected="a file, or nothing yet", where="--out")
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        half.write_text(text, encoding="utf-8")
        os.replace(half, path)
    except OSError:
        half.unlink(missing_ok=True)  # it may hold a person's page
        raise
