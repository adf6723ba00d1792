"""Start Spark with the profile it was submitted with and look for one class of every jar family."""

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
    print(f"ready: Spark {spark.version} on Java {java}, {len(CLASSES)} jar families found")
    spark.stop()
