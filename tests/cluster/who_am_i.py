"""Submitted to the cluster: two tasks that run at once tell their folder, GPU addresses, and which paths are there."""

import json
import os
import sys

from pyspark import BarrierTaskContext
from pyspark.sql import SparkSession

asked = sys.argv[1:]


def tell(_rows):
    context = BarrierTaskContext.get()
    context.barrier()
    gpu = context.resources().get("gpu")
    about = {"folder": os.getcwd(), "temporary": sorted(os.listdir("/tmp")), "disk": os.stat("/tmp").st_ino}
    about["there"] = [path for path in asked if os.path.exists(path)]
    yield {"partition": context.partitionId(), "gpu": gpu.addresses if gpu else [], **about}


if __name__ == "__main__":
    spark = SparkSession.builder.getOrCreate()
    told = spark.sparkContext.parallelize(range(2), 2).barrier().mapPartitions(tell).collect()
    print(json.dumps(told))
    spark.stop()
