"""Pairs of items that enough people chose, against a count of all pairs; and sentences that need them."""

import numpy as np
import pandas as pd

from interestlake.interactions.pairs import Pairs
from interestlake.recommending import supported
from interestlake.recommending.supported import LEAST, chosen_by_several
from interestlake.recommending.write_reason import quoted


def pairs_of(rows) -> Pairs:
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "weight", "time"])
    ids = [np.unique(frame[name].to_numpy(object)) for name in ("user_id", "item_id")]
    return Pairs.of(frame, *ids, timed=True)


def drawn(people, items, each, seed) -> Pairs:
    random = np.random.default_rng(seed)
    return pairs_of([(f"u{user:03}", f"i{item:03}", 1.0, float(time)) for user in range(people)
                     for time, item in enumerate(random.choice(items, each, False))])  # fmt: skip


def test_every_pair_of_enough_people_and_no_other(monkeypatch):
    monkeypatch.setattr(supported, "ROWS_AT_ONCE", 7)
    pairs = drawn(60, 40, 8, 1)
    chosen = (pairs.matrix > 0).astype(int).toarray()
    together = chosen.T @ chosen
    np.fill_diagonal(together, 0)
    np.testing.assert_array_equal(chosen_by_several(pairs).toarray(), together >= LEAST)


def test_the_most_people_of_an_item_and_the_newest_of_a_history_count(monkeypatch):
    monkeypatch.setattr(supported, "KEPT", 1)
    rows = [(f"u{user}", item, 1.0, 0.0) for item, people in (("a", 9), ("b", 8), ("c", 5)) for user in range(people)]
    kept = chosen_by_several(pairs_of(rows)).toarray()
    # c's best is a, which keeps it there, though a's own best is b
    assert kept.tolist() == [[False, True, True], [True, False, False], [True, False, False]]
    monkeypatch.setattr(supported, "NEWEST", 1)
    newest = [(user, item, 1.0, time) for user, item, _, time in rows]
    assert not chosen_by_several(pairs_of(newest)).nnz
    disliked = [(user, item, 0.0 if item == "b" else 1.0, time) for user, item, _, time in rows]
    monkeypatch.setattr(supported, "NEWEST", 9)
    assert not chosen_by_several(pairs_of(disliked)).toarray()[1].any()


def test_a_long_title_gives_up_its_other_names_before_its_words():
    assert quoted("Raiders of the Lost Ark (Indiana Jones and the Raiders of the Lost Ark) (1981)") == (
        "“Raiders of the Lost Ark (1981)”"
    )
    assert quoted("Up (Upwards) (2009)") == "“Up (Upwards) (2009)”"
    assert quoted("one two three four five six seven eight nine") == "“one two three four five six seven eight…”"
    assert quoted("(a very long title that is in brackets all of it)").startswith("“(a very long")
