"""The bench of EASE by neighbourhoods: orders are as they say, and all neighbours together are the whole."""

import numpy as np
import pandas as pd
import scipy.sparse as sp
from bench.neighbourhoods import lines, near_by, parts

from interestlake.interactions.pairs import Pairs


def test_each_order_takes_its_own_nearest():
    # beside item 0: item 1 often and of everybody, item 2 seldom and almost only with it, item 3 between
    gram = sp.csr_matrix(np.array([[60.0, 30, 9, 24], [30, 900, 0, 0], [9, 0, 10, 0], [24, 0, 0, 80]]))
    assert [near_by(gram, order, 20.0, 1)[0, 0] for order in ("count", "cosine", "gain")] == [1, 2, 3]


def test_all_neighbours_are_the_whole_and_test_is_asked_after_train():
    random = np.random.default_rng(2)
    rows = [(f"u{n}", f"i{k}") for n in range(40) for k in random.choice(24, 12, replace=False)]
    frame = pd.DataFrame(rows, columns=["user_id", "item_id"]).assign(weight=1.0, time=0.0)
    held_out = frame.groupby("user_id").head(2)
    people, items = (np.unique(frame[name].to_numpy(object)) for name in ("user_id", "item_id"))
    train = Pairs.of(frame.drop(held_out.index), people, items, False)
    found = dict(parts(train, held_out[["user_id", "item_id"]]))
    assert len(found["validation"][0]) < len(train) == len(found["test"][0]) == 400
    assert found["test"][1].sizes.tolist() == [2] * 40
    whole, near = lines("test", found["test"], 5.0, ["count"], [23])
    assert whole.split()[:2] == ["test", "whole"] and near.split()[:3] == ["test", "count", "23"]
    assert near.split()[3:5] == [whole.split()[2], "+0.0%"]
