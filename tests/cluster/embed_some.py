"""Submitted to the cluster: a few texts to vectors by each engine named, on executors that have no encoder."""

import json
import sys

from pyspark.sql import SparkSession

from interestlake.core.cache import cache_folder
from interestlake.text.embed import embed
from interestlake.text.encoder_files import export_onnx, find_encoder

TEXTS = [
    "a quiet walk in the woods",
    "jazz records of the sixties",
    "how to bake bread",
    "the match went into overtime",
]

if __name__ == "__main__":
    spark = SparkSession.builder.getOrCreate()
    encoder = find_encoder("", 128)
    rows = [(f"t{number}", text) for number, text in enumerate(TEXTS)]
    texts = spark.createDataFrame(rows, "text_hash string, text string")
    told = {}
    for engine in sys.argv[1:]:
        vectors = texts.transform(embed(spark, engine, encoder, export_onnx(encoder, cache_folder()), 32, 2)).collect()
        told[engine] = {row["text_hash"]: list(row["vector"]) for row in vectors}
    print(json.dumps(told))
    spark.stop()
