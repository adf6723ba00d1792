"""A recommender that tasks read from one file, mapped into memory: however large, a host holds its arrays once."""

import atexit
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from pyspark import SparkFiles
from pyspark.sql import SparkSession

from ..core.session import local_folder, on_one_machine
from ..models.stored import read_values
from .recommender import Recommender
from .recommender_file import RECOMMENDER_FILE, write_recommender


class SharedRecommender:
    """`value` within a task, as of a broadcast, but that no process of a host copies the arrays.

    A broadcast passes through the JVM's heap whole, and every Python process unpickles a copy of its own. On one
    machine the file lies in Spark's local folder until `destroy`; on a cluster Spark brings it to every executor, also
    to those that come later, and it stays until the session's end.
    """

    def __init__(self, spark: SparkSession, recommender: Recommender):
        """Writes `file`. Raises BadInput as `write_recommender`."""
        folder = Path(tempfile.mkdtemp(prefix="interestlake-", dir=local_folder(spark)))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        self.here = on_one_machine(spark.sparkContext.master)
        # a name of its own: all that Spark brings lies in one folder
        self.file = folder / f"{folder.name}-{RECOMMENDER_FILE}"
        self.scorers = tuple({type(one.scorer) for one in recommender.fitted.values()})
        write_recommender(self.file, recommender)
        if not self.here:
            spark.sparkContext.addFile(str(self.file))

    @property
    def value(self) -> Recommender:
        """The recommender, read once a process."""
        return _read(str(self.file) if self.here else SparkFiles.get(self.file.name), self.scorers)

    def destroy(self) -> None:
        """Remove the file where no executor asks for it any more. Tasks that have opened it go on."""
        if self.here:
            shutil.rmtree(self.file.parent, ignore_errors=True)


@lru_cache(maxsize=1)
def _read(path: str, scorers: tuple[type, ...]) -> Recommender:
    return read_values(Path(path), scorers, mapped=True)
