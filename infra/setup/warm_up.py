"""Start Spark with the profile it was submitted with and look for one class of every jar family.

Usage: warm_up.py [PROFILE]; with the profile's path the files its packages were resolved to are kept for local runs.
"""

import sys
from pathlib import Path
from urllib.parse import unquote, urlparse

from pyspark.sql import SparkSession

CLASSES = (
    "io.delta.tables.DeltaTable",
    "com.johnsnowlabs.nlp.DocumentAssembler",
    "com.johnsnowlabs.nlp.embeddings.BertSentenceEmbeddings",
    "org.tensorflow.Tensor",
    "ai.onnxruntime.OrtEnvironment",
    "org.graphframes.GraphFramePythonAPI",
)

if __name__ == "__main__":
    spark = SparkSession.builder.getOrCreate()
    loader = spark.sparkContext._jvm.java.lang.Thread.currentThread().getContextClassLoader()
    for name in CLASSES:
        loader.loadClass(name)
    java = spark.sparkContext._jvm.java.lang.System.getProperty("java.version")
    rows = spark.range(1000).groupBy().sum("id").first()[0]
    if rows != 499500:
        raise SystemExit(f"Spark summed 0..999 to {rows}; expected 499500")
    if len(sys.argv) > 1:
        from interestlake.core.class_path import record_jars
        from interestlake.core.session import read_properties

        jars = spark.conf.get("spark.jars").split(",")
        record_jars(read_properties(Path(sys.argv[1])), [unquote(urlparse(jar).path) for jar in jars])
    print(f"ready: Spark {spark.version} on Java {java}, {len(CLASSES)} jar families found")
    spark.stop()
