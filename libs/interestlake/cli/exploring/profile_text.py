"""`interestlake profile --text` by Spark."""

import argparse
from logging import Logger
from typing import TYPE_CHECKING

from ...core.config import RunOptions
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.spark_rows import SparkRows
from ...privacy.person import find_person
from ...serving.person_page.text import profile_text

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def print_profile(
    arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions, log: Logger
) -> None:
    """Print `profile_text` of --user; about twelve small Spark jobs, writes nothing."""
    lake = Lake(spark, options.lake)
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file)
    print(profile_text(SparkRows.of_lake(lake), person.user_id, params.recommend.top_k))
