"""Spark's daemon of Python workers (spark.python.daemon.module): OpenBLAS's kernel for its own host, and a path of
folders alone."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path

from .blas import choose

ARCHIVES = ("pyspark", "py4j", "spark-core")  # of Spark's, by how their names begin


def without_archives(path: list[str]) -> list[str]:
    """A path of modules without the archives that Spark puts in front, where pyspark and py4j lie in its folders too.

    Workers forget what they know of their path before every task; of an archive they then read the whole list again,
    20 ms a task. Archives of another pyspark than the folders' stay: driver and workers have to agree.
    """
    folders = [entry for entry in path if not is_archive(entry)]
    found = [PathFinder.find_spec(name, folders) for name in ("pyspark", "py4j")]
    if any(spec is None or spec.origin is None for spec in found):
        return path
    home = Path(str(found[0].origin)).parent  # type: ignore[union-attr]
    return folders if all(home in Path(entry).parents for entry in path if is_archive(entry)) else path


def is_archive(entry: str) -> bool:
    """Whether an entry of a path is one of Spark's archives."""
    return entry.endswith((".zip", ".jar")) and Path(entry).name.startswith(ARCHIVES)


if __name__ == "__main__":
    choose()
    sys.path[:] = without_archives(sys.path)
    for entry in [one for one in sys.path_importer_cache if is_archive(one) and one not in sys.path]:
        del sys.path_importer_cache[entry]
    # loads the worker's modules, numpy among them
    from pyspark.daemon import manager

    manager()
