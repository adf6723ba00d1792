"""Item-side tables -> the scorers that are broadcast. Only what belongs to items is gathered, after a size check."""

from collections.abc import Mapping
from logging import Logger

import numpy as np
import pandas as pd
import scipy.sparse as sp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.params.all import SOURCES, Recommend
from ..core.stage import side_by_side
from ..core.vectors import unit_rows
from ..graph.gram import collect_strips, partial_strips, summed_strips
from ..models.factors import FactorScorer
from ..models.fold_in_als import FoldInAls
from ..models.item_matrix import Ease, EdgeScorer, ease_weights
from ..models.popularity import Popularity
from ..models.scorer import Scorer
from ..models.social import SocialScorer
from ..models.text import TextScorer
from .blocks import Catalogue
from .gather_facts import knowledge_scorer
from .item_models import ItemInterests, ItemModels, check_size, in_order, neighbour_scorer, planned_bytes

READABLE_KINDS = ("category", "tag", "keyword")  # a topic's name is a list of terms, no interest a person would name
MIN_ITEM_USERS = 2  # an item of one person has no neighbour that a second person vouches for
EDGES = {"graph": ("graph.item_edges", False), "transitions": ("graph.item_transitions", True)}
VECTORS = {
    "als": ("models.als_item_factors", "vector"),
    "two_tower": ("models.two_tower_item_vectors", "vector"),
    "text": ("models.item_features", "text_vector"),
}


def gather_item_models(
    tables: Mapping[str, DataFrame], history: DataFrame, recommend: Recommend, partitions: int, log: Logger
) -> ItemModels:
    """Tables by name, train histories(user_index, items) -> ItemModels with every scorer. Runs about 17 Spark jobs.

    EASE is left out, with a line in the log, where more than `ease_max_items` items have MIN_ITEM_USERS people. Raises
    BadInput where the scorers would pass `max_item_gigabytes`; nothing large has been gathered by then.
    """
    items = tables["silver.items"]
    sized = [*(table for table, _ in EDGES.values()), "silver.item_interests", "silver.facts", "silver.items"]
    usable, dimensions, *sizes = side_by_side(
        items.where(F.col("user_count") >= MIN_ITEM_USERS).count,
        lambda: {name: _dimension(tables[table], column) for name, (table, column) in VECTORS.items()},
        *(tables[name].count for name in sized),
    )
    with_ease = usable <= recommend.ease_max_items
    if not with_ease:
        log.info("      EASE left out: %d items, ease_max_items=%d", usable, recommend.ease_max_items)
    count = dict(zip(sized, sizes, strict=True))
    rows = {name: count[table] * (1 if directed else 2) for name, (table, directed) in EDGES.items()}
    rows |= {"item_knn": usable * recommend.knn_neighbours, "interests": count["silver.item_interests"]}
    rows["knowledge"] = count["silver.facts"]
    planned = planned_bytes(rows, dimensions, count["silver.items"], usable if with_ease else 0)
    check_size(planned, recommend.max_item_gigabytes)

    frame = items.select("item_id", "item_index", "title", "user_count").toPandas()
    catalogue = Catalogue.of(frame)
    user_counts = np.zeros(catalogue.item_count, np.float32)
    user_counts[catalogue.column_of_index[frame["item_index"].to_numpy()]] = frame["user_count"]
    matrices, neighbours, vectors, knowledge, interests = side_by_side(
        lambda: _matrix_scorers(history, catalogue, user_counts, recommend, with_ease, partitions),
        lambda: _edge_scorers(tables, items, catalogue),
        lambda: {name: collect_vectors(tables[table], column, catalogue) for name, (table, column) in VECTORS.items()},
        lambda: knowledge_scorer(tables["silver.facts"], items, catalogue),
        lambda: collect_interests(tables["silver.item_interests"], tables["silver.interests"], items, catalogue),
    )
    scorers: list[Scorer] = [
        Popularity("popularity", user_counts),
        SocialScorer("social"),
        *matrices,
        *neighbours,
        fold_in_als(tables["models.als_fit"], vectors["als"]),
        FactorScorer("two_tower", vectors["two_tower"]),
        TextScorer("text", unit_rows(vectors["text"])),
        knowledge,
    ]
    held = {"two_tower": vectors["two_tower"].shape[1]}
    models = ItemModels(catalogue, user_counts, in_order(scorers, SOURCES), held, interests)
    megabytes, names = models.nbytes / 1e6, ", ".join(models.names)
    log.info("      %d items, scorers of %.1f MB: %s", catalogue.item_count, megabytes, names)
    return models


def fold_in_als(fit: DataFrame, item_vectors: np.ndarray) -> FoldInAls:
    """models.als_fit, (I, d) item factors -> their scorer, by the formula of the engine that fitted them. One job."""
    row = fit.first()
    return FoldInAls.of("als", item_vectors, row["alpha"], row["regularization"], row["scaled"])


def _dimension(rows: DataFrame, column: str) -> int:
    first = rows.select(F.size(column)).first()
    return first[0] if first else 1


def _edge_scorers(tables: Mapping[str, DataFrame], items: DataFrame, catalogue: Catalogue) -> list[Scorer]:
    """graph and transitions. Runs one Spark job each."""
    return [
        EdgeScorer(name, collect_edges(tables[table], items, catalogue, directed), recency=float(directed))
        for name, (table, directed) in EDGES.items()
    ]


def _matrix_scorers(
    history: DataFrame,
    catalogue: Catalogue,
    user_counts: np.ndarray,
    recommend: Recommend,
    with_ease: bool,
    partitions: int,
) -> list[Scorer]:
    """item_knn, and EASE where it is wanted, from one pass over the train histories."""
    kept = np.flatnonzero(user_counts >= MIN_ITEM_USERS)  # (G,) columns
    place_of_column = np.full(catalogue.item_count, -1, np.int64)
    place_of_column[kept] = np.arange(len(kept))
    known = catalogue.column_of_index >= 0
    place = np.where(known, place_of_column[np.maximum(catalogue.column_of_index, 0)], -1)
    norms = np.sqrt(user_counts[kept].astype(np.float64))
    strips = history.transform(partial_strips(place, len(kept), recommend.max_history, partitions))
    summed = strips.transform(summed_strips(norms, recommend.knn_neighbours, with_ease))
    found = collect_strips(summed, len(kept), with_ease)
    scorers: list[Scorer] = [neighbour_scorer("item_knn", found.neighbours, kept, catalogue)]
    if with_ease and len(kept):
        weights = ease_weights(found.gram, recommend.ease_l2)
        scorers.append(Ease("ease", kept, weights, catalogue.item_count))
    return scorers


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
    kept: pd.DataFrame = named.orderBy("interest_id").toPandas()
    rows = (
        item_interests.join(named, "interest_id", "left_semi")
        .join(F.broadcast(items.select("item_id", "item_index")), "item_id")
        .select("item_index", "interest_id", F.col("weight").cast("float").alias("weight"))
        .toPandas()
    )
    ids = kept["interest_id"].to_numpy(dtype=object)
    place = np.searchsorted(ids.astype(str), rows["interest_id"].to_numpy(dtype=str))
    column = catalogue.column_of_index[rows["item_index"].to_numpy()]
    flat = (rows["weight"].to_numpy(np.float32), (column, place))
    weights = sp.csr_matrix(flat, (catalogue.item_count, len(ids)))
    return ItemInterests(weights, ids, kept["name"].to_numpy(dtype=object))
