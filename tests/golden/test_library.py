"""Golden pins of the library on the planted catalogue: scores, pool, lists, figures, shares and reasons by hand."""

import numpy as np
import pytest

from interestlake.evaluation.arrays import coverage, hits_of, mean_list_ndcg, novelty, ranking_at
from interestlake.models.registry import BY_NAME
from interestlake.recommending.fusion import WEIGHTS, Fusion
from interestlake.recommending.pool import gather, ordered
from interestlake.recommending.segment_weights import mean_ndcg
from interestlake.recommending.write_reason import Reason, ReasonFacts, write_reason

from .planted import HELD_OUT, ITEMS, NAMES, PEOPLE, RELEVANT, fitted, letters, pairs

BEHAVIOUR, EVEN = np.array([0.8, 0.2]), np.array([0.5, 0.5])
ROOT6, ROOT3 = 1 / np.sqrt(6), np.sqrt(3)
SECOND = 1 / np.log2(3)  # what a hit at rank 2 gains
# u0 knows a and b, u1 a and c, u6 c and d
VALUES = {
    # one proposal: no spread, 0.4; popularity 3 3 2 2: z = 1 1 -1 -1
    "u0": {"c": (0.4, 0.5), "d": (0, 0.5), "e": (0, 0.3), "f": (0, 0.3)},
    # two proposals: z = 1 -1; popularity 2 3 2 2: z = sqrt(3) of the one, -1/sqrt(3) of the others
    "u1": {"b": (0.5, 0.4 - 0.1 / ROOT3), "d": (0.3, 0.4 + 0.1 * ROOT3), "e": (0, 0.4 - 0.1 / ROOT3),
           "f": (0, 0.4 - 0.1 / ROOT3)},
    # all equal under both
    "u6": {item: (0.4, 0.4) for item in "abef"},
}  # fmt: skip


@pytest.fixture(scope="module")
def pool():
    return gather(fitted(), pairs(), PEOPLE, None)


def fusion(weights=BEHAVIOUR, **changes) -> Fusion:
    return Fusion(NAMES, WEIGHTS, weights, **changes)


def lists_of(pool, made: Fusion, length: int = 4) -> list[str]:
    return letters(ordered(pool, made.scores(pool), length)[0])


def test_scores_are_sums_of_cosines_and_counts():
    by_behaviour, by_count = (model.score(pairs(), PEOPLE, None) for model in fitted())
    expected = [[0.5, 0.5, 2 * ROOT6, 0, 0, 0], [ROOT6, 0.5 + ROOT6, ROOT6, 1 / 3, 0, 0],
                [ROOT6, ROOT6, 1 / 3, 1 / 3, ROOT6, ROOT6]]  # fmt: skip
    np.testing.assert_allclose(by_behaviour, expected, atol=1e-6)
    assert by_count.tolist() == [[2, 2, 3, 3, 2, 2]] * 3


def test_the_pool_holds_standard_scores_of_what_each_model_proposes(pool):
    for place, (user, wanted) in enumerate(VALUES.items()):
        span = slice(pool.starts[place], pool.starts[place + 1])
        assert "".join(ITEMS[column] for column in pool.columns[span]) == "".join(wanted), user
        np.testing.assert_allclose(pool.values[span], list(wanted.values()), atol=1e-6)
    assert pool.histories.tolist() == [2, 2, 2]
    assert pool.places[:4, 0].tolist() == [1, 101, 101, 101] and pool.places[:4, 1].tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(("made", "lists"), [
    (fusion(), ["cdef", "bdef", "abef"]),
    (fusion(EVEN), ["cdef", "dbef", "abef"]),  # d: (0.3 + 0.573) / 2 passes b: (0.5 + 0.342) / 2
    (fusion(segments={0: EVEN}), ["cdef", "dbef", "abef"]),  # everybody's history is short
    (fusion(segments={1: EVEN}), ["cdef", "bdef", "abef"]),  # nobody's is of this length
    # log2(1 + people) is 2 for d and 1.585 for b: d loses 0.1, b 0.079
    (fusion(EVEN, discount=0.05), ["cdef", "bdef", "abef"]),
])  # fmt: skip
def test_fused_lists(pool, made, lists):
    assert lists_of(pool, made) == lists


def test_scores_of_the_fused_list(pool):
    columns, scores = ordered(pool, fusion().scores(pool), 4)
    expected = [[0.42, 0.1, 0.06, 0.06], [0.468453, 0.354641, 0.068453, 0.068453], [0.4] * 4]
    np.testing.assert_allclose(scores, expected, atol=1e-6)


def test_an_objection_takes_its_share(pool):
    kept = np.where(pool.columns == ITEMS.index("b"), 0.5, 1.0)
    made = fusion()
    assert letters(ordered(pool, made.scores(pool, kept), 4)[0]) == ["cdef", "dbef", "aefb"]


def test_every_figure_of_the_fused_lists():
    lists = np.array([[ITEMS.index(item) for item in row] for row in ("cdef", "bdef", "abef")])
    hits, sizes = hits_of(lists, RELEVANT), np.array([len(items) for items in HELD_OUT.values()])
    two, four = ({name: float(values.mean()) for name, values in ranking_at(hits, sizes, k).items()} for k in (2, 4))
    assert two == pytest.approx({
        "precision": 1 / 3, "recall": 1 / 2, "f1": 7 / 18, "hit_rate": 2 / 3, "map": 1 / 3, "mrr": 1 / 2,
        "ndcg": (SECOND + 1 / (1 + SECOND)) / 3,
    }, abs=1e-12)  # fmt: skip
    assert four == pytest.approx({
        "precision": 1 / 3, "recall": 1.0, "f1": (2 / 5 + 4 / 6 + 2 / 5) / 3, "hit_rate": 1.0, "map": 5 / 9,
        "mrr": 11 / 18, "ndcg": (SECOND + 1.5 / (1 + SECOND) + 0.5) / 3,
    }, abs=1e-12)  # fmt: skip
    assert mean_list_ndcg(lists, RELEVANT) == four["ndcg"]
    assert coverage(lists[:, :2], 6) == 4 / 6 and coverage(lists, 6) == 1.0
    counts = np.array([2, 2, 3, 3, 2, 2])
    assert novelty(lists[:, :2], counts, 7) == pytest.approx((np.log2(7 / 3) + np.log2(7 / 2)) / 2, abs=1e-12)


def test_what_weights_earn_on_the_pool(pool):
    found = mean_ndcg(pool, RELEVANT, np.vstack([BEHAVIOUR, EVEN]), 2)
    assert found == pytest.approx([(SECOND + 1 / (1 + SECOND)) / 3, (SECOND + SECOND / (1 + SECOND)) / 3], abs=1e-12)


def test_shares_and_the_sentence_that_they_make(pool):
    """u0's first item is c: 0.32 of its 0.42 come from a and b, alike, and 0.1 from its three people."""
    shares = fusion().shares(pool, np.array([0, 1]))
    np.testing.assert_allclose(shares, [[0.32 / 0.42, 0.1 / 0.42], [0, 1]], atol=1e-6)
    scorer = fitted()[0].scorer
    given = scorer.contributions(pairs().batch(PEOPLE), 0, np.array([ITEMS.index("c")]))
    np.testing.assert_allclose(given, [[ROOT6], [ROOT6]], atol=1e-6)
    codes = [BY_NAME[name].reason for name in NAMES]
    titles = ITEMS.upper()
    by_code, alone = (dict(zip(codes, row, strict=True)) for row in shares)
    said = "People who chose “A” also chose this."
    first = write_reason(ReasonFacts(by_code, {"together": [0, 1]}, titles, True, 3, (), True))
    assert first == Reason("together", (0,), (), (), said)
    assert write_reason(ReasonFacts(alone, {}, titles, False, 3, ("rain",), True)) == Reason(
        "popular", (), (), ("rain",), "3 people chose it, and it fits your interest in rain."
    )
