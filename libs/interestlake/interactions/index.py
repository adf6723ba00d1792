"""Row numbers of people and items that stay with an id once given."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row

PARTITION_BITS = 33  # of monotonically_increasing_id: partition number above, place in the partition below


def keep_index(ids: DataFrame, existing: DataFrame | None, key: str, index: str) -> DataFrame:
    """(key, index int from 0) for every id of `ids` or `existing`; existing numbers stay, new ids follow in id order.

    `ids` holds the column `key`, distinct and not null; `existing` the columns `key` and `index`, or None. New ids are
    sorted by range over the cluster and numbered per partition plus the sizes of the partitions before. Runs two Spark
    jobs (three with `existing`) and leaves the new ids cached.
    """
    spark = ids.sparkSession
    new = ids.select(key) if existing is None else ids.select(key).join(existing, key, "left_anti")
    first = 0 if existing is None else only_row(existing.agg(F.coalesce(F.max(index) + 1, F.lit(0))))[0]
    # range bounds are sampled: the cached plan keeps one sample for both passes
    placed = new.repartitionByRange(key).sortWithinPartitions(key)
    placed = placed.select(key, F.monotonically_increasing_id().alias("place")).persist()
    partition = F.shiftright("place", PARTITION_BITS).alias("partition")
    sizes = placed.groupBy(partition).count().orderBy("partition").collect()
    before, offsets = first, []
    for row in sizes:
        offsets.append((row["partition"], before))
        before += row["count"]
    starts = spark.createDataFrame(offsets, "partition bigint, start bigint")
    place = F.col("place").bitwiseAND(F.lit((1 << PARTITION_BITS) - 1))
    numbered = placed.withColumn("partition", partition).join(F.broadcast(starts), "partition")
    numbered = numbered.select(key, (F.col("start") + place).cast("int").alias(index))
    return numbered if existing is None else existing.select(key, index).unionByName(numbered)
