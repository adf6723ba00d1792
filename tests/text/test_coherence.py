"""NPMI against its definition; planted clusters are found, and their words go together better than mixed ones."""

import math
import random
from itertools import combinations

import numpy as np
import pytest

from interestlake.text.clusters import assign_clusters, cluster_words, fit_clusters
from interestlake.text.coherence import coherences, npmi

WORDS = {"stars": ["comet", "lens", "orbit", "planet", "telescope"],
         "soup": ["broth", "garlic", "onion", "pepper", "recipe"],
         "trains": ["rail", "station", "ticket", "track", "wagon"]}  # fmt: skip
COMMON = ["day", "thing", "year"]


@pytest.fixture(scope="module")
def planted():
    """(text_hash, tokens, vector) by topic: its words, common ones, and a direction of its own."""
    draw, noise = random.Random(3), np.random.default_rng(3)
    rows = []
    for place, (topic, words) in enumerate(WORDS.items()):
        for number in range(30):
            vector = np.eye(8)[place] + 0.15 * noise.standard_normal(8)
            tokens = draw.sample(words, 3) + draw.choices(COMMON, k=2)
            rows.append((f"{topic}{number}", tokens, (vector / np.linalg.norm(vector)).tolist()))
    return rows


@pytest.fixture(scope="module")
def texts(spark, planted):
    return spark.createDataFrame(planted, "text_hash string, tokens array<string>, vector array<float>").cache()


@pytest.mark.parametrize(
    ("counts", "expected"), [((5, 5, 5, 10), 1), ((0, 5, 5, 10), -1), ((0, 0, 5, 10), -1), ((10, 10, 10, 10), 0)]
)
def test_npmi_at_its_ends(counts, expected):
    assert npmi(*counts) == pytest.approx(expected)


def test_npmi_of_independent_words_is_zero():
    assert npmi(25, 50, 50, 100) == pytest.approx(0.0)


def test_coherence_against_plain_counting(texts, planted):
    topics = {"stars": WORDS["stars"], "mixed": ["comet", "garlic", "track", "day"], "one": ["comet"]}
    found, count = coherences(topics)(texts)
    assert count == len(planted) and math.isnan(found["one"])
    held = [set(tokens) for _, tokens, _ in planted]
    for topic in ("stars", "mixed"):
        values = []
        for a, b in combinations(topics[topic], 2):
            p_a, p_b, p_ab = (sum(need <= text for text in held) / len(held) for need in ({a}, {b}, {a, b}))
            values.append(math.log(p_ab / (p_a * p_b)) / -math.log(p_ab) if p_ab else -1.0)
        assert found[topic] == pytest.approx(sum(values) / len(values))
    assert found["stars"] > 0.2 > found["mixed"]


def test_no_text_has_no_coherence(texts):
    found, count = coherences({"a": ["comet", "lens"]})(texts.limit(0))
    assert count == 0 and math.isnan(found["a"])


def test_planted_clusters_are_found_and_named(texts):
    model = fit_clusters(texts, 3, 20, seed=4)
    assigned = texts.transform(assign_clusters(model)).cache()
    of = {row["text_hash"]: row["topic_id"] for row in assigned.collect()}
    groups = {topic: {of[f"{topic}{n}"] for n in range(30)} for topic in WORDS}
    assert all(len(found) == 1 for found in groups.values()) and len(set.union(*groups.values())) == 3
    named = {row["topic_id"]: [term["term"] for term in row["terms"]]
             for row in texts.transform(cluster_words(assigned, 5, 2)).collect()}  # fmt: skip
    for topic, (cluster,) in groups.items():
        assert set(named[cluster]) == set(WORDS[topic])
    shuffled = {str(n): [named[c][(n + place) % 5] for place, c in enumerate(sorted(named))] for n in range(5)}
    own, _ = coherences(named)(texts)
    mixed, _ = coherences(shuffled)(texts)
    assert min(own.values()) > max(mixed.values())


def test_partitions_do_not_move_clusters(texts):
    one, other = (fit_clusters(frame, 3, 20, seed=4) for frame in (texts, texts.repartition(7)))
    assert np.allclose(one.clusterCenters(), other.clusterCenters(), atol=1e-6)


def test_c_tf_idf_against_its_formula(spark):
    texts = spark.createDataFrame(
        [("a", ["x", "x", "y"]), ("b", ["y", "z"]), ("c", ["z"])], "text_hash string, tokens array<string>"
    )
    assigned = spark.createDataFrame([("a", 0), ("b", 1), ("c", 1)], "text_hash string, topic_id int")
    rows = {row["topic_id"]: {t["term"]: t["weight"] for t in row["terms"]}
            for row in texts.transform(cluster_words(assigned, 9, 1)).collect()}  # fmt: skip
    mean = 6 / 2
    assert rows[0] == {"x": pytest.approx(2 / 3 * math.log(1 + mean / 2)), "y": pytest.approx(1 / 3 * math.log(2.5))}
    assert rows[1] == {"y": pytest.approx(1 / 3 * math.log(2.5)), "z": pytest.approx(2 / 3 * math.log(2.5))}


def test_fewer_texts_than_clusters(texts):
    assert len(fit_clusters(texts.where("text_hash IN ('stars0', 'soup0')"), 9, 5, seed=1).clusterCenters()) == 2
    assert fit_clusters(texts.where("text_hash = 'stars0'"), 9, 5, seed=1) is None
