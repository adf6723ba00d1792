"""What `interestlake explain` and `check-reasons` read and print; stages/explain.py writes."""

import argparse
from collections.abc import Mapping
from logging import Logger
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame

from ...core.config import RunOptions
from ...core.counted import counted
from ...core.errors import GateRefused
from ...core.lake import Lake
from ...core.params.all import Params
from ...core.stage import StageContext
from .one import explain_one

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NEEDED = (
    "gold.recommendations",
    "silver.items",
    "silver.interactions",
    "silver.interests",
    "silver.item_interests",
    "gold.interest_map",
    "graph.item_edges",
    "graph.item_transitions",
    "models.item_features",
)
OPTIONAL = ("bronze.items", "silver.documents", "silver.friends", "silver.facts")


def one_recommendation(
    arguments: argparse.Namespace, spark: "SparkSession", params: Params, options: RunOptions, log: Logger
) -> None:
    """`explain --user U --item I --apart`: print what its score is made of; writes nothing."""
    explain_one(StageContext(spark, Lake(spark, options.lake), None, params, options, log), arguments.user,
                arguments.item)  # fmt: skip


def reasons_table(figures: Mapping[str, float]) -> str:
    """Figures of the stage explain -> how many reasons of which kind."""
    counts = {name.removeprefix("reasons."): count for name, count in figures.items() if name.startswith("reasons.")}
    return "\n".join(f"{kind:<16}{count:>10,.0f}" for kind, count in sorted(counts.items()))


def refuse_lies(figures: Mapping[str, float]) -> None:
    """Raises GateRefused where statements did not hold."""
    if figures.get("false", 0):
        found = counted(figures["false"], "statement does", "statements do")
        raise GateRefused(f"{found} not hold against the tables")


def tables_of(context: StageContext, *more: str) -> dict[str, DataFrame]:
    """NEEDED, OPTIONAL and `more`, as far as they are there, each noted as read. Lazy."""
    return {name: context.read(name) for name in (*NEEDED, *OPTIONAL, *more) if context.lake.exists(name)}
