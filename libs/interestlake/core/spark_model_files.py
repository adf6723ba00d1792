"""MLflow copies a Spark model from where Spark saved it by the default file system alone: here by the folder's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import mlflow.spark


@contextmanager
def copied_by(system: Any) -> Iterator[None]:
    """Within, MLflow moves the files of Spark models by `system`, a Hadoop FileSystem; None leaves it its own."""
    if system is None:
        yield
        return
    files: Any = mlflow.spark._HadoopFileSystem
    before, files._filesystem = files._filesystem, system
    try:
        yield
    finally:
        files._filesystem = before
