"""Submitted to the cluster: two tasks that run at once tell their folder and the GPU addresses Spark gave them."""

import json
import os

from pyspark import BarrierTaskContext
from pyspark.sql import SparkSession


def tell(_rows):
    context = BarrierTaskContext.get()
    context.barrier()
    gpu = context.resources().get("gpu")
    folder = os.getcwd()
    yield {"partition": context.partitionId(), "folder": folder, "gpu": gpu.addresses if gpu else []}


if __name__ == "__main__":
    spark = SparkSession.builder.getOrCreate()
    told = spark.sparkContext.parallelize(range(2), 2).barrier().mapPartitions(tell).collect()
    print(json.dumps(told))
    spark.stop()
