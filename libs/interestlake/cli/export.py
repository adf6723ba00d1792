"""`interestlake export-split`: a lake in, the benchmark's files out."""

import argparse
from logging import Logger

from pyspark.sql import SparkSession

from ..core.config import RunOptions
from ..core.lake import Lake
from ..core.params.all import Params
from ..core.stage import expect_lake
from ..recommending.export import TABLES, export_split


def split_of_lake(
    arguments: argparse.Namespace, spark: SparkSession, params: Params, options: RunOptions, log: Logger
) -> None:
    """Write the files; print the call of `interestlake benchmark` on them. Nothing is written to the lake."""
    lake = Lake(spark, options.lake)
    expect_lake(lake, TABLES, "interestlake run --until prepare")
    print(export_split(lake, arguments.out, params.recommend, log))
