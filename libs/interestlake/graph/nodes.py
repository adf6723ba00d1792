"""Numbers for nodes: graph algorithms run on whole numbers that keep the order of the names."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def index_nodes(nodes: DataFrame, name: str) -> DataFrame:
    """nodes(`name`, ...) -> nodes(id bigint, `name`, ...): id is the place of the name in ascending order, from 0.

    Names must be distinct. The order is the names' byte order, so smaller id means smaller name. Runs 2 Spark jobs.
    """
    nodes = nodes.localCheckpoint()
    names = nodes.select(name).orderBy(name).rdd.map(lambda row: row[0]).zipWithIndex()
    numbers = nodes.sparkSession.createDataFrame(names, f"{name} string, id bigint")
    return nodes.join(numbers, name).select("id", *nodes.columns).localCheckpoint()
