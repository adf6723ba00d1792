"""The models that Spark fits where the pairs pass one machine's bound: what grows with people stays on executors."""

from collections.abc import Callable, Mapping
from logging import Logger

import numpy as np
import scipy.sparse as sp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.counted import counted
from ..core.lineage import cut
from ..core.only_row import only_row
from ..core.params.all import Params
from ..core.present import present
from ..core.room import gigabytes, has_room
from ..graph.als import factors
from ..graph.als_engine import fit_with, plan_for
from ..graph.gram import CoOccurrence, collect_strips, partial_strips, summed_strips
from ..graph.histories import item_histories
from ..graph.neighbourhoods import neighbourhood_weights
from ..graph.transitions import build_transitions
from ..interactions.item_room import BOUND
from ..models.fitted import Fitted
from ..models.fold_in_als import FoldInAls
from ..models.item_matrix import Ease, EdgeScorer, ease_weights
from ..models.popularity import Popularity
from ..models.social import SocialScorer
from .blocks import Catalogue
from .gather import collect_edges, collect_vectors
from .histories import histories

MIN_ITEM_USERS = 2  # an item of one person has no neighbour that a second person vouches for


def fit_tables(
    pairs: DataFrame, items: DataFrame, catalogue: Catalogue, params: Params, seed: int, partitions: int, log: Logger
) -> dict[str, Fitted]:
    """interactions(user_id, item_id, user_index, item_index, weight, position) of one phase -> name -> model.

    popularity, social, item_knn, EASE (above recommend.ease_max_items by neighbourhoods, with a line), transitions and
    ALS, at the parameters of recommend, graph and als. What is collected belongs to items: counts, edges to
    `knn_neighbours` and `ease_neighbours` items, factors, and EASE's Gram matrix; a model whose part passes
    recommend.max_item_gigabytes is left out with a line before it is fitted. About a dozen Spark jobs and those of ALS.
    """
    recommend, count = params.recommend, catalogue.item_count

    def room(name: str, numbers: int) -> bool:
        return has_room(name, gigabytes(count, numbers=numbers), recommend.max_item_gigabytes, BOUND, log)

    chosen = pairs.where("weight > 0")
    counts = user_counts(chosen, catalogue)
    fitted = {
        "popularity": Fitted(Popularity("popularity", counts)),
        "social": Fitted(SocialScorer("social")),
    }
    if room("item_knn and ease", 3 * recommend.knn_neighbours):
        fitted |= _by_gram(chosen, catalogue, counts, params, partitions, log)
    if room("transitions", 3 * params.graph.max_neighbours):
        fitted["transitions"] = _transitions(chosen, items, catalogue, params)
    if room("als", params.als.rank):
        # histories are scored as chosen or not, so the factors are fitted so
        fitted["als"] = _als(chosen.withColumn("weight", F.lit(1.0)), catalogue, params, seed)
    return fitted


def user_counts(pairs: DataFrame, catalogue: Catalogue) -> np.ndarray:
    """pairs(item_index) -> (I,) float32 people per item. Runs one Spark job."""
    rows = pairs.groupBy("item_index").agg(F.count(F.lit(1)).alias("people")).toPandas()
    counts = np.zeros(catalogue.item_count, np.float32)
    counts[catalogue.column_of_index[rows["item_index"].to_numpy(np.int64)]] = rows["people"]
    return counts


def _by_gram(
    pairs: DataFrame, catalogue: Catalogue, counts: np.ndarray, params: Params, partitions: int, log: Logger
) -> Mapping[str, Fitted]:
    """item_knn and EASE from one pass over the histories; EASE by neighbourhoods where its inverse passes its bound,
    left out where these pass theirs."""
    recommend = params.recommend
    columns = np.flatnonzero(counts >= MIN_ITEM_USERS)  # (G,) columns
    if not len(columns):
        return {}
    whole, near = len(columns) <= recommend.ease_max_items, recommend.ease_neighbours
    apart = not whole and has_room(
        "ease", gigabytes(len(columns), numbers=3 * near), recommend.max_item_gigabytes, BOUND, log
    )
    if apart:
        log.info("      ease regresses each of %d items on its recommend.ease_neighbours=%d nearest: "
                 "recommend.ease_max_items=%d", len(columns), near, recommend.ease_max_items)  # fmt: skip
    place_of_column = np.full(catalogue.item_count, -1, np.int64)
    place_of_column[columns] = np.arange(len(columns))
    in_catalogue = catalogue.column_of_index >= 0
    place = np.where(in_catalogue, place_of_column[np.maximum(catalogue.column_of_index, 0)], -1)
    norms = np.sqrt(counts[columns].astype(np.float64))
    _tell_long(pairs, recommend.max_history, log)
    strips = histories(pairs).transform(partial_strips(place, len(columns), recommend.max_history, partitions))
    summed = strips.transform(summed_strips(norms, recommend.knn_neighbours, whole or apart))
    summed = cut(summed) if apart else summed
    gram: CoOccurrence = collect_strips(summed, len(columns), whole)
    fitted = {"item_knn": Fitted(EdgeScorer("item_knn", _placed(gram.neighbours, columns, catalogue.item_count)))}
    if apart:
        weights = neighbourhood_weights(summed, len(columns), recommend.ease_l2, near)
        fitted["ease"] = Fitted(EdgeScorer("ease", _placed(weights, columns, catalogue.item_count)))
    if whole:
        weights = ease_weights(present(gram.gram), recommend.ease_l2)
        fitted["ease"] = Fitted(Ease("ease", columns, weights, catalogue.item_count))
    return fitted


def _placed(edges: sp.csr_matrix, columns: np.ndarray, item_count: int) -> sp.csr_matrix:
    """(G, G) edges among `columns` -> (I, I) CSR."""
    entries = edges.tocoo()
    whole = sp.csr_matrix((entries.data, (columns[entries.row], columns[entries.col])), (item_count, item_count))
    whole.sort_indices()
    return whole


def _tell_long(pairs: DataFrame, max_history: int, log: Logger) -> None:
    """A line where people have more items than are counted. One Spark job that counts in every task."""
    lengths = pairs.groupBy("user_index").agg(F.count(F.lit(1)).alias("items"))
    above = lengths.where(F.col("items") > max_history)
    people, items = only_row(above.agg(F.count(F.lit(1)), F.sum("items")))
    if people:
        log.info("      item_knn and ease count the newest recommend.max_history=%d items of %s, %d of their %d",
                 max_history, counted(people, "person", "people"), people * max_history, items)  # fmt: skip


def _transitions(pairs: DataFrame, items: DataFrame, catalogue: Catalogue, params: Params) -> Fitted:
    graph = params.graph
    build: Callable = build_transitions(
        transition_window=graph.transition_window,
        min_pair_count=graph.min_pair_count,
        max_neighbours=graph.max_neighbours,
    )
    steps = pairs.withColumn("split", F.lit("train")).transform(item_histories()).transform(build)
    return Fitted(EdgeScorer("transitions", collect_edges(steps, items, catalogue, True), recency=1.0))


def _als(pairs: DataFrame, catalogue: Catalogue, params: Params, seed: int) -> Fitted:
    plan = plan_for(params.als)(pairs)
    _, item_factors = factors(fit_with(plan, params.als, seed)(pairs))
    vectors = collect_vectors(item_factors, "vector", catalogue)
    return Fitted(FoldInAls.of("als", vectors, plan.alpha, plan.regularization, plan.scaled))
