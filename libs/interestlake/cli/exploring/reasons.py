"""`interestlake explain --user` by Spark: the reasons of one person's list, or one recommendation taken apart."""

import argparse
from logging import Logger
from typing import TYPE_CHECKING

from ...core.config import RunOptions
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.spark_rows import SparkRows
from ...privacy.names import shown
from ...privacy.person import find_person
from ...recommending.explaining.command import one_recommendation
from ...serving.reasons import reasons_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def of_person(
    arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions, log: Logger
) -> None:
    """Print the reasons of the list of --user, or with --item what `one_recommendation` does; writes nothing."""
    if arguments.item:
        return one_recommendation(arguments, spark, params, options, log)
    lake = Lake(spark, options.lake)
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file)
    print(reasons_text(SparkRows.of_lake(lake), person, shown(arguments.user), params.recommend.top_k))
