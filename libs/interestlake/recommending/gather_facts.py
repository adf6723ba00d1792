"""silver.facts -> the facts that items share, as the unit rows by which the source `knowledge` tells items alike."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from sklearn.preprocessing import normalize

from ..models.words import WordScorer
from .blocks import Catalogue

MIN_ITEMS = 2  # a fact of one item alone says nothing about another


def shared_facts(items: DataFrame) -> Callable[[DataFrame], DataFrame]:
    """silver.facts -> (item_index, fact bigint), each once: facts without an end that MIN_ITEMS of the items carry.

    items(item_id, item_index); fact is a hash of predicate and object. Lazy.
    """

    def transform(facts: DataFrame) -> DataFrame:
        holding = facts.where("subject_item_id IS NOT NULL AND valid_to IS NULL")
        fact = F.xxhash64("predicate", "object").alias("fact")
        named = holding.select(F.col("subject_item_id").alias("item_id"), fact)
        carried = named.join(items.select("item_id", "item_index"), "item_id").select("item_index", "fact").distinct()
        shared = carried.groupBy("fact").count().where(F.col("count") >= MIN_ITEMS).select("fact")
        return carried.join(shared, "fact", "left_semi").select("item_index", "fact")

    return transform


def knowledge_scorer(facts: DataFrame, items: DataFrame, catalogue: Catalogue) -> WordScorer:
    """silver.facts, silver.items -> the scorer `knowledge`: cosine of the history's summed facts with an item's.

    A fact weighs ln(items / items that carry it) (Spärck Jones 1972), an item's row has length 1; zeros where it
    carries none. Runs one Spark job. The rows are gathered: at most those of silver.facts, which the caller's check of
    `max_item_gigabytes` has counted.
    """
    rows = facts.transform(shared_facts(items)).toPandas()
    distinct, place = np.unique(rows["fact"].to_numpy(np.int64), return_inverse=True)
    column = catalogue.column_of_index[rows["item_index"].to_numpy(np.int64)]
    holders = np.bincount(place, minlength=len(distinct))
    weight = np.log(catalogue.item_count / np.maximum(holders, 1))
    matrix = sp.csr_matrix((weight[place], (column, place)), (catalogue.item_count, max(len(distinct), 1)))
    unit = normalize(matrix).astype(np.float32)
    unit.sort_indices()
    return WordScorer("knowledge", unit)
