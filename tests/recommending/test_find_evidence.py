"""Which items of a history speak for an entry: those that the person liked, before those that they did not."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from interestlake.interactions.batch import UserBatch
from interestlake.models.scorer import Scorer
from interestlake.recommending.explain import find_evidence, less_liked_of


@dataclass(frozen=True)
class Planted(Scorer):
    """What each of the three history items adds to each of two entries."""

    added: np.ndarray

    def score(self, batch):
        return np.ones((batch.size, 5), np.float32)

    def contributions(self, batch, row, columns):
        return self.added


def evidence(weights, added):
    history = sp.csr_matrix((np.array(weights, np.float32), ([0, 0, 0], [0, 1, 2])), shape=(1, 5))
    batch = UserBatch(history, history, sp.csr_matrix((1, 5)), {})
    columns, shares, low = np.array([3, 4]), np.ones((2, 1)), np.flatnonzero(less_liked_of(np.array(weights)))
    made = find_evidence(batch, 0, columns, [Planted("planted", np.array(added, float))], shares, None, low)
    assert [one.columns.tolist() for one in made] == [one.by_source["planted"].tolist() for one in made]
    return [one.columns.tolist() for one in made]


def test_an_item_liked_less_than_the_history_in_the_mean_speaks_only_where_no_other_does():
    assert evidence([1.0, 0.4, 0.9], [[1, 0], [5, 5], [2, 0]]) == [[2, 0], [1]]


def test_where_all_are_liked_alike_the_strongest_speaks_first():
    assert evidence([0.4, 0.4, 0.4], [[1, 0], [5, 5], [2, 1]]) == [[1, 2, 0], [1, 2]]
    assert evidence([0.0, 0.0, 0.0], [[1, 0], [5, 0], [2, 0]]) == [[1, 2, 0], []]
