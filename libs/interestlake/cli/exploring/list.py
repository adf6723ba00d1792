"""`interestlake list`: one person's list with its reasons, to read or as CSV."""

import argparse
from logging import Logger
from typing import TYPE_CHECKING

from ...core.config import RunOptions
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.spark_rows import SparkRows
from ...core.stage import expect_lake
from ...privacy.names import shown
from ...privacy.person import find_person
from ...serving.one_list import NEEDED, NEEDED_FROM, one_list
from .list_at_once import as_text, length_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def one_persons_list(
    arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions, log: Logger
) -> None:
    """Print the list of --user, best first: titles as plain text, or with --csv COLUMNS as they stand in the lake.

    About five small Spark jobs; writes nothing. Raises BadInput as `find_person` and `one_list` do, and for a --top
    below 1.
    """
    lake = Lake(spark, options.lake)
    length = length_of(arguments.top, params)
    person = find_person(lake, arguments.user, params.ingest.pseudonym_key_file)
    expect_lake(lake, NEEDED, NEEDED_FROM)
    print(as_text(one_list(SparkRows.of_lake(lake), person, shown(arguments.user), length), arguments.csv))
