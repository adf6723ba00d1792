"""Vocabulary order, tf-idf by hand and against scikit-learn."""

import math

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfTransformer

from interestlake.text.terms import build_vocabulary, count_terms, inverse_document_frequency, weigh_terms

TEXTS = {
    "a": ["amp", "amp", "cable"],
    "b": ["amp", "string"],
    "c": ["cable", "string", "pick"],
    "d": ["zebra"],
}


@pytest.fixture(scope="module")
def features(spark):
    return spark.createDataFrame(list(TEXTS.items()), "text_hash string, tokens array<string>").cache()


def test_ties_in_the_vocabulary_go_to_the_smaller_term(features):
    assert build_vocabulary(features, 10, 1) == ["amp", "cable", "string", "pick", "zebra"]
    assert build_vocabulary(features.repartition(7), 2, 1) == ["amp", "cable"]
    assert build_vocabulary(features, 10, 2) == ["amp", "cable", "string"]
    assert build_vocabulary(features, 10, 5) == []


def test_weights_by_the_formula(spark, features):
    vocabulary = build_vocabulary(features, 10, 1)
    idf = inverse_document_frequency(spark, features.transform(count_terms(vocabulary)), vocabulary)
    rows = features.transform(weigh_terms(idf, 20)).collect()
    found = {(row["text_hash"], row["term"]): (row["tf"], row["tfidf"]) for row in rows}
    assert len(found) == 8
    assert found["a", "amp"] == (2, pytest.approx(2 * math.log(5 / 3)))
    assert found["c", "pick"] == (1, pytest.approx(math.log(5 / 2)))


def test_weights_agree_with_scikit_learn(spark, features):
    vocabulary = build_vocabulary(features, 10, 1)
    counts = np.array([[TEXTS[text].count(term) for term in vocabulary] for text in TEXTS])
    # scikit-learn adds 1 to Spark's idf
    idf = TfidfTransformer(smooth_idf=True).fit(counts).idf_ - 1
    counted = features.transform(count_terms(vocabulary))
    found = {row["term"]: row["idf"] for row in inverse_document_frequency(spark, counted, vocabulary).collect()}
    assert np.allclose([found[term] for term in vocabulary], idf)


def test_the_strongest_terms_are_kept_and_ties_go_to_the_smaller(spark, features):
    idf = spark.createDataFrame([("cable", 1.0), ("string", 1.0), ("pick", 2.0)], "term string, idf double")
    kept = {(r["text_hash"], r["term"]) for r in features.transform(weigh_terms(idf, 2)).collect()}
    assert kept == {("a", "cable"), ("b", "string"), ("c", "pick"), ("c", "cable")}
