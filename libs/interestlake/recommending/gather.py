"""Item-side tables -> what a recommender holds beside its models. Only what belongs to items is gathered."""

from collections.abc import Mapping, Sequence
from logging import Logger

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.only_row import only_row
from ..core.room import gigabytes, has_room
from ..interactions.item_room import BOUND
from ..interests.ignored import is_ignored
from ..models.fold_in_als import FoldInAls
from ..text.holds_word import holds_word
from .blocks import Catalogue
from .named_facts import READABLE_KINDS, NamedFacts, told_facts
from .recommender import ItemInterests


def collect_catalogue(items: DataFrame) -> Catalogue:
    """silver.items -> the catalogue. Runs one Spark job."""
    return Catalogue.of(items.select("item_id", "item_index", "title").toPandas())


def fold_in_als(fit: DataFrame, item_vectors: np.ndarray) -> FoldInAls:
    """models.als_fit, (I, d) item factors -> their scorer, by the formula of the engine that fitted them. One job."""
    row = only_row(fit)
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


def fact_frames(tables: Mapping[str, DataFrame]) -> tuple[DataFrame, DataFrame, DataFrame]:
    """What `told_facts` reads: attributes, facts that hold, categories. bronze.items, silver.facts may be missing."""
    items = tables["silver.items"]
    categories = items.select("item_id", F.explode("categories").alias("value")).distinct()
    nothing = categories.limit(0)
    attributes = nothing.select("item_id", F.lit("").alias("relation"), "value")
    if "bronze.items" in tables:
        given = tables["bronze.items"].join(items.select("item_id"), "item_id", "left_semi")
        attributes = given.select("item_id", F.explode("attributes").alias("relation", "value")).distinct()
    facts = nothing.select("item_id", F.lit("").alias("predicate"), F.col("value").alias("object"))
    if "silver.facts" in tables:
        said = tables["silver.facts"].where("subject_item_id IS NOT NULL AND valid_to IS NULL")
        facts = said.select(F.col("subject_item_id").alias("item_id"), "predicate", "object").distinct()
    return attributes, facts, categories


def collect_named_facts(
    tables: Mapping[str, DataFrame],
    catalogue: Catalogue,
    hidden_words: Sequence[str],
    ignore: Sequence[str],
    most: float,
    log: Logger,
) -> NamedFacts | None:
    """Facts that sentences may name, of `fact_frames`, without those that hold one of `hidden_words` and without the
    values `ignore`, which are no interest. Six Spark jobs.

    Rows and letters are counted before anything is collected. None, with a line in the log, where they would take more
    than `most` gigabytes.
    """
    holds = holds_word(hidden_words)
    ignored = is_ignored(ignore)
    frames = [frame.where(~holds(F.col(frame.columns[-1])) & ~ignored(F.col(frame.columns[-1])))
              for frame in fact_frames(tables)]  # fmt: skip
    sizes = [only_row(frame.agg(F.count("*"), F.sum(F.length(frame.columns[-1])))) for frame in frames]
    rows, letters = (sum(size[n] or 0 for size in sizes) for n in (0, 1))
    if not has_room(f"{rows:,} facts of sentences", gigabytes(rows, texts=3, letters=letters), most, BOUND, log):
        return None
    return NamedFacts.of(told_facts(*(frame.toPandas() for frame in frames)), catalogue.item_ids)
