"""`interestlake explain` of one person, one item, or both, by Spark."""

import argparse
from logging import Logger
from typing import TYPE_CHECKING

from ...core.config import RunOptions
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.spark_rows import SparkRows
from ...privacy.person import find_person
from ...serving.who import LakeDirectory
from .reasons_at_once import expect_apart, explained

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def of_person(
    arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions, log: Logger
) -> None:
    """Print what `explained` says of --user, --item or both. About twenty small Spark jobs; writes nothing."""
    lake, user = Lake(spark, options.lake), arguments.user
    person = find_person(lake, user, params.ingest.pseudonym_key_file) if user is not None else None
    print(explained(SparkRows.of_lake(lake), person, user, arguments.item, params.recommend.top_k,
                    lambda: LakeDirectory(lake)))  # fmt: skip


def taken_apart(
    arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions, log: Logger
) -> None:
    """Print what the score of --item for --user is made of, see `explain_one`; writes nothing."""
    expect_apart(arguments)
    from ...recommending.explaining.command import one_recommendation

    one_recommendation(arguments, spark, params, options, log)
