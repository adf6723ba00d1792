"""LDA finds two planted vocabularies, alike on any partitioning."""

import random

import numpy as np
import pytest

from interestlake.text.terms import build_vocabulary, count_terms
from interestlake.text.topics import assign_topics, describe_topics, fit_topics

STARS = ["comet", "lens", "orbit", "planet", "telescope"]
SOUP = ["broth", "garlic", "onion", "pepper", "recipe"]


@pytest.fixture(scope="module")
def planted(spark):
    draw = random.Random(5)
    rows = [(f"stars{n}", draw.choices(STARS, k=12)) for n in range(20)]
    rows += [(f"soup{n}", draw.choices(SOUP, k=12)) for n in range(20)]
    return spark.createDataFrame(rows, "text_hash string, tokens array<string>").cache()


@pytest.fixture(scope="module")
def fitted(planted):
    vocabulary = build_vocabulary(planted, 100, 1)
    return vocabulary, fit_topics(planted.transform(count_terms(vocabulary)), vocabulary, 2, 10, seed=1)


def test_two_vocabularies_become_two_topics(spark, planted, fitted):
    vocabulary, topics = fitted
    rows = planted.transform(count_terms(vocabulary)).transform(assign_topics(topics)).collect()
    of = {row["text_hash"]: row["topic_id"] for row in rows}
    assert len(of) == 40 and len({of[text] for text in of if text.startswith("stars")}) == 1
    assert {of[text] for text in of if text.startswith("soup")} == {1 - of["stars0"]}
    assert all(abs(sum(row["distribution"]) - 1) < 1e-9 for row in rows)
    described = {row["topic_id"]: row for row in describe_topics(spark, topics).collect()}
    assert set(described[of["stars0"]]["name"].split(", ")) < set(STARS)
    assert set(described[of["soup0"]]["name"].split(", ")) < set(SOUP)
    assert {term["term"] for term in described[of["soup0"]]["terms"][:5]} == set(SOUP)


def test_partitions_do_not_matter(planted, fitted):
    vocabulary, topics = fitted
    spread = planted.repartition(9).transform(count_terms(vocabulary))
    again = fit_topics(spread, vocabulary, 2, 10, seed=1)
    # Spark adds the partitions up in the order in which they finish
    assert np.allclose(again.model.topicsMatrix().toArray(), topics.model.topicsMatrix().toArray(), rtol=1e-6)


def test_fewer_texts_than_topics(planted, fitted):
    vocabulary, _ = fitted
    counted = planted.transform(count_terms(vocabulary))
    two = fit_topics(counted.where("text_hash IN ('stars0', 'soup0')"), vocabulary, 12, 2, seed=1)
    assert two.model.topicsMatrix().toArray().shape == (10, 2)
    assert fit_topics(counted.where("text_hash = 'stars0'"), vocabulary, 12, 2, seed=1) is None


def test_texts_without_a_known_term_have_no_mixture(spark, fitted):
    vocabulary, topics = fitted
    unknown = spark.createDataFrame([("x", ["zebra"]), ("y", ["comet"])], "text_hash string, tokens array<string>")
    rows = unknown.transform(count_terms(vocabulary)).transform(assign_topics(topics)).collect()
    assert [row["text_hash"] for row in rows] == ["y"]
