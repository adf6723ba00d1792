"""The guard by hand: what is closed to whom, how a list is capped, which words a text holds."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from interestlake.recommending.guard import Guard
from interestlake.recommending.personal import list_block
from interestlake.text.holds_word import holds_word

from ..recommending.given import Given, small_recommender


def guard(**changed):
    plain = {
        "blocked": np.zeros(5, bool),
        "unnamed": np.zeros(5, bool),
        "group": np.array([0, 0, 1, -1, 0], np.int32),
        "max_per_group": 0,
        "needs": sp.csr_matrix((5, 5), dtype=np.float32),
    }
    return Guard(**{**plain, **changed})


def test_an_item_opens_once_all_it_needs_is_known():
    needs = sp.csr_matrix(np.array([[0, 0, 0, 0, 0], [1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [0] * 5, [0] * 5], np.float32))
    history = sp.csr_matrix(np.array([[0, 0, 0, 0, 0.5], [0.2, 0, 0, 0, 0], [3.0, 0.1, 0, 0, 0]], np.float32))
    shut = guard(needs=needs, blocked=np.array([0, 0, 0, 1, 0], bool)).closed(history)
    assert shut.astype(int).tolist() == [[0, 1, 1, 1, 0], [0, 0, 1, 1, 0], [0, 0, 0, 1, 0]]


def test_a_stored_zero_is_known_too():
    history = sp.csr_matrix((np.zeros(1, np.float32), ([0], [0])), (1, 5))
    needs = sp.csr_matrix((np.ones(1, np.float32), ([1], [0])), (5, 5))
    assert not guard(needs=needs).closed(history).any()


def test_the_cap_keeps_the_best_of_each_group_in_order():
    columns = np.array([4, 1, 2, 3, 0])  # groups 0, 0, 1, none, 0
    assert guard(max_per_group=1).capped(columns, 9).tolist() == [0, 2, 3]
    assert guard(max_per_group=2).capped(columns, 3).tolist() == [0, 1, 2]
    assert guard().capped(columns, 2).tolist() == [0, 1]
    assert guard(max_per_group=1).capped(np.empty(0, np.int64), 3).tolist() == []


def test_a_capped_list_reaches_past_what_the_plain_one_holds():
    scores = np.array([[9.0, 8, 3, 2, 7]])
    block = pd.DataFrame({"user_id": ["u"], "items": [None], "weights": [None], "friend_items": [None],
                          "friend_weights": [None]})  # fmt: skip

    def listed(rails):
        recommender = small_recommender([Given("popularity", scores)], [1.0], {"popularity": "popular"}, np.ones(5),
                                        guard=rails)  # fmt: skip
        found = list_block(block, recommender.batch(block), recommender, 3)
        values = dict(zip(found.pool.columns, found.pool.values[:, 0], strict=True))
        shown = found.columns[0][found.columns[0] >= 0]
        assert found.scores[0][: len(shown)] == pytest.approx([values[column] for column in shown], abs=1e-6)
        return shown.tolist()

    assert listed(None) == listed(guard()) == [0, 1, 4]
    assert listed(guard(max_per_group=1)) == [0, 2, 3]
    assert listed(guard(max_per_group=1, blocked=np.array([1, 0, 0, 0, 0], bool))) == [1, 2, 3]


def test_words_are_whole_and_stems_are_not(spark):
    texts = {
        "HIV home test": 1,
        "archive": 0,
        "chives": 0,
        "self harm and more": 1,
        "SELF-HARM": 1,
        "depressing": 1,
        "a deep pressing": 0,
        "Über-Sucht!": 1,
        "sucht nicht": 1,
        "versucht": 0,
        "c++ (base)": 1,
        "c": 0,
        None: 0,
    }
    rows = [(n, text) for n, text in enumerate(texts)]
    frame = spark.createDataFrame(rows, "n int, text string")
    words = ("hiv", "self-harm", "depress*", "sucht", "c++")
    found = frame.select("n", holds_word(words)(frame["text"]).alias("holds")).orderBy("n").collect()
    assert [int(row["holds"]) for row in found] == list(texts.values())
    assert not any(row[0] for row in frame.select(holds_word(())(frame["text"])).collect())
