"""Where files lie: local disk, HDFS or an object store, by one address."""

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import BadInput

if TYPE_CHECKING:  # the command line asks has_scheme before Spark is loaded
    from pyspark.sql import SparkSession

ODD_SIGNS = r"[#%?*\[\]{}\\:;\x00-\x1f]"  # Delta, Hadoop's paths or sqlite's addresses read these in their own way
NEEDED = 64 << 20  # bytes on disk without which no small run ends


def has_scheme(path: str) -> bool:
    """Whether a path names its file system: s3a://bucket/lake, dbfs:/lake."""
    return re.match(r"[a-z][a-z0-9+.-]+:", path) is not None


def as_on_disk(path: str) -> str:
    """A path that is there on this machine, made absolute where its beginning could be read as a scheme (`co:lon`)."""
    return os.path.abspath(path) if has_scheme(path) and os.path.lexists(path) else path


def expect_room_for(lake: str) -> None:
    """BadInput where tables cannot be written below `lake`: a sign that a part of the stack reads otherwise, no right
    to write, a full disk. Looks at this machine's disk alone, and makes nothing.
    """
    sign = re.search(ODD_SIGNS, re.sub(r"^[a-z][a-z0-9+.-]+:(//[^/]*)?(?=/)", "", lake))
    if sign:
        raise BadInput.of(f"lake {lake}", found=f"{sign.group()!r} in its path", where="--lake",
                          expected="a path of letters, digits, spaces, '.', '_', '-' and '/'")  # fmt: skip
    if has_scheme(lake):
        return
    there = next(folder for folder in (Path(lake).absolute(), *Path(lake).absolute().parents) if folder.exists())
    try:
        with tempfile.TemporaryFile(dir=there) as probe:
            probe.write(b"0" * 4096)
        free = shutil.disk_usage(there).free
    except OSError as error:
        raise BadInput.of(f"lake {lake}", found=f"{there}: {error.strerror}", expected="a folder that can be written",
                          where="--lake") from error  # fmt: skip
    if free < NEEDED:
        raise BadInput.of(f"lake {lake}", found=f"{free >> 20} MiB free", expected=f"at least {NEEDED >> 20} MiB",
                          where="--lake")  # fmt: skip


def filesystem(spark: "SparkSession", path: str):
    """(Hadoop FileSystem, Hadoop Path) of an address; `path` may be local, HDFS or an object store."""
    hadoop_path = spark._jvm.org.apache.hadoop.fs.Path(path)
    return hadoop_path.getFileSystem(spark._jsc.hadoopConfiguration()), hadoop_path


def put_file(spark: "SparkSession", local: Path, address: str) -> None:
    """Copy a file of this machine to `address` on whatever file system it names, in place of one that is there."""
    system, path = filesystem(spark, address)
    system.copyFromLocalFile(False, True, spark._jvm.org.apache.hadoop.fs.Path(str(local)), path)


def fetch_file(spark: "SparkSession", address: str, local: Path) -> None:
    """Copy the file at `address` to this machine. Raises BadInput where there is none."""
    system, path = filesystem(spark, address)
    if not system.exists(path):
        raise BadInput.of(f"file {address}", found="nothing there", expected="the file that the table names",
                          where="--lake: was it copied whole?")  # fmt: skip
    system.copyToLocalFile(False, path, spark._jvm.org.apache.hadoop.fs.Path(str(local)), True)


def remove_file(spark: "SparkSession", address: str) -> None:
    """Remove the file at `address` where there is one."""
    system, path = filesystem(spark, address)
    system.delete(path, False)


def write_whole(path: Path, text: str) -> None:
    """Put `text` at `path` in one step: a reader sees the old page or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_text(text, encoding="utf-8")
    os.replace(half, path)
