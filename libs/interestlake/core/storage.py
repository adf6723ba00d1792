"""Where files lie: local disk, HDFS or an object store, by one address."""

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line asks has_scheme before Spark is loaded
    from pyspark.sql import SparkSession


def has_scheme(path: str) -> bool:
    """Whether a path names its file system: s3a://bucket/lake, dbfs:/lake."""
    return re.match(r"[a-z][a-z0-9+.-]+:", path) is not None


def filesystem(spark: "SparkSession", path: str):
    """(Hadoop FileSystem, Hadoop Path) of an address; `path` may be local, HDFS or an object store."""
    hadoop_path = spark._jvm.org.apache.hadoop.fs.Path(path)
    return hadoop_path.getFileSystem(spark._jsc.hadoopConfiguration()), hadoop_path


def write_whole(path: Path, text: str) -> None:
    """Put `text` at `path` in one step: a reader sees the old page or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.write_text(text, encoding="utf-8")
    os.replace(half, path)
