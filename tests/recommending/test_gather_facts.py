"""Facts as a source: the cosine worked by hand, what is left out, and sources that never speak."""

import math

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from interestlake.recommending.gather_facts import knowledge_scorer

from interestlake.interactions.batch import UserBatch
from interestlake.recommending.blocks import Catalogue
from interestlake.recommending.passes import CANDIDATES_SCHEMA, heard_from

FACTS = "subject string, predicate string, object string, subject_item_id string, valid_to timestamp"
ITEMS = [("a", 0), ("b", 2), ("c", 1), ("d", 3)]


def batch_of(weights: list[float]) -> UserBatch:
    history, none = sp.csr_matrix(np.array([weights], np.float32)), sp.csr_matrix((1, len(weights)), dtype=np.float32)
    return UserBatch(history, none, none, {})


def scorer_of(spark, rows):
    items = pd.DataFrame(ITEMS, columns=["item_id", "item_index"]).assign(title="")
    facts = spark.createDataFrame(rows, FACTS)
    return knowledge_scorer(facts, spark.createDataFrame(ITEMS, "item_id string, item_index int"), Catalogue.of(items))


def test_the_cosine_by_hand(spark):
    ended = pd.Timestamp("2020-01-01").to_pydatetime()
    scorer = scorer_of(spark, [
        *((f"e:{item}", "maker", "M", item, None) for item in "abc"), ("again:a", "maker", "M", "a", None),
        ("e:a", "writer", "M", "a", None), ("e:b", "writer", "M", "b", None),  # another predicate, another fact
        ("e:a", "year", "1999", "a", None),  # of one item alone
        ("e:a", "owner", "O", "a", ended), ("e:d", "owner", "O", "d", ended),  # holds no more
        ("e:x", "maker", "M", "not in the catalogue", None), ("M", "born", "1950", None, None),
    ])  # fmt: skip
    maker, writer = math.log(4 / 3), math.log(4 / 2)
    both = math.hypot(maker, writer)  # the length of a and of b; c has the maker alone
    assert scorer.name == "knowledge"
    # columns a, b, c, d
    assert scorer.score(batch_of([0, 1, 0, 0])) == pytest.approx(np.array([[1, 1, maker / both, 0]]), abs=1e-6)
    summed = np.array([maker / both + 1, writer / both])  # of b and c
    said = scorer.score(batch_of([0, 1, 1, 0]))[0] * np.linalg.norm(summed)
    alike = summed @ [maker, writer] / both  # to a and to b
    assert said == pytest.approx([alike, alike, summed[0], 0], abs=1e-6)
    added = scorer.contributions(batch_of([0, 1, 1, 0]), 0, np.arange(4))
    assert added.sum(axis=0) == pytest.approx(scorer.score(batch_of([0, 1, 1, 0]))[0], abs=1e-6)


def test_without_facts_nobody_hears_of_it(spark):
    scorer = scorer_of(spark, [])
    assert not scorer.score(batch_of([1, 1, 0, 0])).any()


def test_a_fact_of_every_item_tells_nothing(spark):
    scorer = scorer_of(spark, [(f"e:{item}", "sold in", "shop", item, None) for item in "abcd"])
    assert not scorer.score(batch_of([1, 0, 0, 0])).any()


def test_sources_that_never_speak_are_found(spark):
    rows = [("u", 2, [0], [2, 0, 1], [4, 5, 6], [1.0, 0.5, 1.0]), ("v", 0, [0], [1, 0, 0], [4], [1.0])]
    candidates = spark.createDataFrame(rows, CANDIDATES_SCHEMA)
    assert heard_from(candidates, ("popularity", "social", "text")) == {"popularity", "text"}
    assert heard_from(candidates.limit(0), ("popularity", "social", "text")) == set()
