"""The mean text vector of every item as one matrix, for the factorisation; bounded by the number of items."""

import numpy as np
from pyspark.ml.functions import array_to_vector, vector_to_array
from pyspark.ml.stat import Summarizer
from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def mean_item_texts(
    documents: DataFrame, embeddings: DataFrame, catalogue: DataFrame, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """documents(item_id, text_hash, split), embeddings(text_hash, vector), catalogue(item_id, item_index).

    -> ((count, d) float64 mean vectors of the texts of train and catalogue, zeros without; (count,) bool known). Runs
    one Spark job and brings one vector per item to the driver; the caller has checked the number of items.
    """
    visible = documents.where("split IN ('train', 'all')").select("item_id", "text_hash")
    vectors = embeddings.select("text_hash", array_to_vector("vector").alias("vector"))
    means = visible.join(vectors, "text_hash").groupBy("item_id").agg(Summarizer.mean(F.col("vector")).alias("mean"))
    rows = (
        means.join(catalogue, "item_id")
        .select("item_index", vector_to_array("mean", "float32").alias("mean"))
        .toPandas()
    )
    with_text = np.zeros(count, bool)
    if rows.empty:
        return np.zeros((count, 1)), with_text
    matrix = np.zeros((count, len(rows["mean"].iloc[0])))
    matrix[rows["item_index"]] = np.stack(rows["mean"])
    with_text[rows["item_index"]] = True
    return matrix, with_text
