"""Item-side tables -> what a recommender holds beside its models. Only what belongs to items is gathered."""

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..models.fold_in_als import FoldInAls
from .blocks import Catalogue
from .recommender import ItemInterests

READABLE_KINDS = ("category", "tag", "keyword")  # a topic's name is a list of terms, no interest a person would name


def collect_catalogue(items: DataFrame) -> Catalogue:
    """silver.items -> the catalogue. Runs one Spark job."""
    return Catalogue.of(items.select("item_id", "item_index", "title").toPandas())


def fold_in_als(fit: DataFrame, item_vectors: np.ndarray) -> FoldInAls:
    """models.als_fit, (I, d) item factors -> their scorer, by the formula of the engine that fitted them. One job."""
    row = fit.first()
    return FoldInAls.of("als", item_vectors, row["alpha"], row["regularization"], row["scaled"])


def collect_vectors(rows: DataFrame, column: str, catalogue: Catalogue) -> np.ndarray:
    """(item_index, <column> array<float>) -> (I, d) float32, zeros for an item without a row. Runs one Spark job."""
    frame = rows.select("item_index", column).toPandas()
    if frame.empty:
        return np.zeros((catalogue.item_count, 1), np.float32)
    vectors = np.zeros((catalogue.item_count, len(frame[column].iloc[0])), np.float32)
    vectors[catalogue.column_of_index[frame["item_index"].to_numpy()]] = np.stack(frame[column].to_list())
    return vectors


def collect_edges(edges: DataFrame, items: DataFrame, catalogue: Catalogue, directed: bool) -> sp.csr_matrix:
    """edges(src, dst, weight) -> (I, I) CSR, row = src; both directions where not `directed`. Runs one Spark job."""
    index = items.select("item_id", "item_index")
    rows = (
        edges.join(F.broadcast(index.toDF("src", "from")), "src")
        .join(F.broadcast(index.toDF("dst", "to")), "dst")
        .select("from", "to", F.col("weight").cast("float").alias("weight"))
        .toPandas()
    )
    source, target = catalogue.column_of_index[rows["from"]], catalogue.column_of_index[rows["to"]]
    weight = rows["weight"].to_numpy(np.float32)
    if not directed:
        source, target, weight = np.r_[source, target], np.r_[target, source], np.r_[weight, weight]
    matrix = sp.csr_matrix((weight, (source, target)), (catalogue.item_count, catalogue.item_count))
    matrix.sort_indices()
    return matrix


def collect_interests(
    item_interests: DataFrame, interests: DataFrame, items: DataFrame, catalogue: Catalogue
) -> ItemInterests:
    """Interests of READABLE_KINDS per item. Runs two Spark jobs."""
    named = interests.where(F.col("kind").isin(*READABLE_KINDS)).select("interest_id", "name")
    readable: pd.DataFrame = named.orderBy("interest_id").toPandas()
    rows = (
        item_interests.join(named, "interest_id", "left_semi")
        .join(F.broadcast(items.select("item_id", "item_index")), "item_id")
        .select("item_index", "interest_id", F.col("weight").cast("float").alias("weight"))
        .toPandas()
    )
    ids = readable["interest_id"].to_numpy(dtype=object)
    place = np.searchsorted(ids.astype(str), rows["interest_id"].to_numpy(dtype=str))
    column = catalogue.column_of_index[rows["item_index"].to_numpy()]
    flat = (rows["weight"].to_numpy(np.float32), (column, place))
    weights = sp.csr_matrix(flat, (catalogue.item_count, len(ids)))
    return ItemInterests(weights, ids, readable["name"].to_numpy(dtype=object))
