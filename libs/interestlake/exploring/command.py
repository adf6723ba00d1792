"""`interestlake interests` and the commands that build on it: stages over a finished lake, then what they found."""

import argparse

from pyspark.sql import SparkSession

from ..config import RunOptions
from ..params import Params
from ..pipeline import run_stages
from ..stages.interests import INTERESTS, check_lake
from ..tables import Lake
from . import tell


def interests(spark: SparkSession, params: Params, options: RunOptions, arguments: argparse.Namespace) -> None:
    """Write the profiles; print trends, influence, hubs and bridges."""
    lake = Lake(spark, options.lake)
    check_lake(lake)  # before a run is noted where no lake is
    run_stages(spark, (INTERESTS,), params, options)
    tell.interests(lake)
    if arguments.user:
        tell.profile(lake, arguments.user)
