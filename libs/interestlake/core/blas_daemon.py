"""Spark's daemon of Python workers (spark.python.daemon.module), which chooses OpenBLAS's kernel for its own host."""

from .blas import choose

if __name__ == "__main__":
    choose()
    # loads the worker's modules, numpy among them
    from pyspark.daemon import manager

    manager()
