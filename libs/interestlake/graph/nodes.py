"""Numbers for nodes: graph algorithms run on whole numbers that keep the order of the names."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.lineage import cut
from .histories import Transform


def index_nodes(nodes: DataFrame, name: str) -> DataFrame:
    """nodes(`name`, ...) -> nodes(id bigint, `name`, ...): id is the place of the name in ascending order, from 0.

    Names must be distinct. The order is the names' byte order, so smaller id means smaller name. Runs 2 Spark jobs.
    """
    nodes = cut(nodes)
    names = nodes.select(name).orderBy(name).rdd.map(lambda row: row[0]).zipWithIndex()
    numbers = nodes.sparkSession.createDataFrame(names, f"{name} string, id bigint")
    return cut(nodes.join(numbers, name).select("id", *nodes.columns))


def name_ends(nodes: DataFrame) -> Transform:
    """Edges between ids -> edges between names, by nodes(id, node); order of columns kept. Lazy."""

    def transform(edges: DataFrame) -> DataFrame:
        src = nodes.select(F.col("id").alias("src"), F.col("node").alias("src_name"))
        dst = nodes.select(F.col("id").alias("dst"), F.col("node").alias("dst_name"))
        named = edges.join(src, "src").join(dst, "dst")
        others = [name for name in edges.columns if name not in ("src", "dst")]
        return named.select(F.col("src_name").alias("src"), F.col("dst_name").alias("dst"), *others)

    return transform
