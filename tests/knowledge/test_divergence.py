"""D_KL(P(U | O) || P(U)) worked by hand on three items, against scipy on random worlds, and as a command."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.stats import entropy

from interestlake.knowledge.divergence import contributions, divergences, feature_shares, item_features, rank_items
from interestlake.models.information import InformationScorer

# Dune is by Herbert and of science fiction, Emma is by Austen, Solaris is of science fiction; one person chose Solaris
TRIPLES = [
    ("Dune", "author", "Herbert"),
    ("Dune", "genre", "sf"),
    ("Emma", "author", "Austen"),
    ("Solaris", "genre", "sf"),
]
SF, UNSEEN = 2 / 3 * math.log(4 / 3), 1 / 6 * math.log(2 / 3)  # with two features of prior


def frames(spark, triples, chosen):
    items = sorted({item for item, _, _ in triples})
    listed = spark.createDataFrame([(item, []) for item in items], "item_id string, categories array<string>")
    facts = spark.createDataFrame(
        [(*t, t[0]) for t in triples], "subject string, predicate string, object string, subject_item_id string"
    )
    history = spark.createDataFrame([(*pair, 1.0) for pair in chosen], "user_id string, item_id string, weight double")
    features = listed.transform(item_features(facts, 1)).persist()
    return features, features.transform(feature_shares()).persist(), history


@pytest.mark.parametrize(
    ("smoothing", "divergence", "dune"),
    [
        # P(U): Herbert 1/4, sf 2/4, Austen 1/4; P(U | O): sf 1
        (0.0, math.log(2), math.log(2)),
        # two features of prior beside the one seen: Herbert (0 + 1/2) / 3, sf (1 + 1) / 3, Austen (0 + 1/2) / 3
        (2.0, SF + 2 * UNSEEN, SF + UNSEEN),
    ],
)
def test_three_items_by_hand(spark, smoothing, divergence, dune):
    features, shares, history = frames(spark, TRIPLES, [("ann", "Solaris")])
    assert {(r.object, r.share) for r in shares.collect()} == {("Herbert", 0.25), ("sf", 0.5), ("Austen", 0.25)}
    told = history.transform(contributions(features, shares, smoothing))
    (person,) = told.transform(divergences()).collect()
    assert person.divergence == pytest.approx(divergence, abs=1e-9)
    seen = history.select("user_id", "item_id")
    (row,) = told.transform(rank_items(features, shares, seen, 0.0, 100, 10)).collect()
    assert (row.item_id, row["rank"]) == ("Dune", 1)  # Emma shares nothing, Solaris was seen
    assert row.score == pytest.approx(dune, abs=1e-9)
    ((predicate, object, nats),) = row.reasons
    assert (predicate, object) == ("genre", "sf")
    assert nats == pytest.approx(SF if smoothing else math.log(2), abs=1e-9)


@pytest.mark.parametrize("smoothing", [0.0, 2.0])
def test_the_one_machine_model_is_the_same_by_hand(smoothing):
    carried = sp.csr_matrix([[1, 0, 1], [0, 1, 0], [0, 0, 1]], dtype=np.float32)  # Herbert, Austen, sf
    model = InformationScorer.of("information", carried, smoothing, 0.0)
    history = sp.csr_matrix([[0, 0, 1], [0, 0, 0]], dtype=np.float32)
    expected = [SF + UNSEEN, UNSEEN, SF] if smoothing else [math.log(2), 0, math.log(2)]
    told, rest = model.observed(history)
    np.testing.assert_allclose(
        told.toarray()[0] + rest[0] * model.share, [UNSEEN, UNSEEN, SF] if smoothing else [0, 0, math.log(2)], atol=1e-9
    )
    scores = model.score(SimpleNamespace(history=history))
    np.testing.assert_allclose(scores[0], expected, atol=1e-7)  # scores are single precision
    assert not scores[1].any()


def test_scipy_and_both_engines_agree_on_random_worlds(spark):
    random = np.random.default_rng(3)
    carried = sp.csr_matrix((random.random((30, 25)) < 0.15).astype(np.float32))
    history = sp.csr_matrix((random.random((8, 30)) < 0.2).astype(np.float32))
    triples = [(f"i{i:02}", "has", f"f{f:02}") for i, f in zip(*carried.nonzero(), strict=True)]
    chosen = [(f"u{u}", f"i{i:02}") for u, i in zip(*history.nonzero(), strict=True)]
    features, shares, pairs = frames(spark, triples, chosen)
    told = pairs.transform(contributions(features, shares, 5.0)).persist()
    carried, history = carried.astype(np.float64), history.astype(np.float64)
    share = np.asarray(carried.sum(axis=0)).ravel() / carried.sum()
    counts = history @ carried.toarray()
    used = share > 0  # a feature that no item carries is no feature
    found = {row.user_id: row.divergence for row in told.transform(divergences()).collect()}
    for user in range(8):
        if counts[user].sum():
            given = (counts[user] + 5 * share)[used] / (counts[user].sum() + 5)
            assert found[f"u{user}"] == pytest.approx(entropy(given, share[used]), abs=1e-9)
    scores = InformationScorer.of("i", carried, 5.0, 0.5).score(SimpleNamespace(history=history))
    ranked = told.transform(rank_items(features, shares, pairs.select("user_id", "item_id"), 0.5, 100, 40)).collect()
    assert len(ranked) > 50
    for row in ranked:
        assert row.score == pytest.approx(scores[int(row.user_id[1:]), int(row.item_id[1:])], abs=1e-6)


def test_a_feature_of_the_strongest_alone_proposes(spark):
    features, shares, history = frames(spark, TRIPLES, [("ann", "Dune")])
    told = history.transform(contributions(features, shares, 0.0))
    seen = history.select("user_id", "item_id")
    rows = told.transform(rank_items(features, shares, seen, 0.0, 1, 10)).collect()
    assert rows == []  # Herbert says most of Dune, and nobody else is by Herbert
