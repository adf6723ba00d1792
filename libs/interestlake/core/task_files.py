"""Folders of the driver's disk for tasks: where they lie on one machine, on a cluster brought to executors by Spark.

An executor's host needs none of them: Spark fetches each once an executor, also for those that come later.
"""

import atexit
import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from .session import local_folder, on_one_machine
from .storage import sha256_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BROUGHT = "spark-files:"  # begins the address of a folder that Spark has brought


def for_tasks(spark: "SparkSession", folder: str, files: Iterable[Path] | None = None) -> str:
    """The address under which a task (and the driver) asks `here` for `folder`.

    files: what is brought of it, with subfolders; None for all. Equal contents are brought once a session.
    """
    if on_one_machine(spark.sparkContext.master) or folder.startswith(BROUGHT):
        return folder
    root = Path(folder)
    chosen = sorted(path for path in (root.rglob("*") if files is None else files) if path.is_file())
    digest = hashlib.sha256()
    for path in chosen:
        digest.update(f"{path.relative_to(root).as_posix()}\0{sha256_of(path)}\n".encode())
    name = f"interestlake-{digest.hexdigest()[:16]}"
    if f"#{name}" not in "".join(_archives(spark)):
        _bring(spark, root, chosen, name)
    return BROUGHT + name


def here(address: str) -> str:
    """The path on this host of what `for_tasks` has given."""
    if not address.startswith(BROUGHT):
        return address
    from pyspark import SparkFiles

    return SparkFiles.get(address.removeprefix(BROUGHT))


def _archives(spark: "SparkSession") -> list[str]:
    listed = spark.sparkContext._jsc.sc().listArchives()  # pyrefly: ignore
    return [listed.apply(number) for number in range(listed.length())]


def _bring(spark: "SparkSession", root: Path, chosen: list[Path], name: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="interestlake-", dir=local_folder(spark)))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # executors fetch it until the session ends
    packed = folder / f"{name}.zip"
    # weights do not get smaller
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in chosen:
            archive.write(path, path.relative_to(root).as_posix())
    spark.sparkContext.addArchive(f"{packed}#{name}")
