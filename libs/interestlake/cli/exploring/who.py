"""`interestlake who`: people to try a command on, and items by title."""

import argparse
from logging import Logger
from typing import TYPE_CHECKING

from ...core.config import RunOptions
from ...core.lake import Lake
from ...core.params.all import Params
from ...serving.who import LakeDirectory
from .who_at_once import expect_asked, show

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def who(arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions, log: Logger) -> None:
    """Print people and items of a lake, those that --like names or others. About six small Spark jobs; writes nothing.

    Raises BadInput for a --limit that is not 1 to MOST, for --like without text, and for a lake without people.
    """
    expect_asked(arguments)
    show(LakeDirectory(Lake(spark, options.lake)), arguments.like, arguments.limit, params.ingest.pseudonym_key_file)
