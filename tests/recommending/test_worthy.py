"""Which trained models stay: a weak one that lifts the leader is told from a weak one that does not."""

from dataclasses import dataclass

import numpy as np
import pytest

from interestlake.interactions.held_out import HeldOut
from interestlake.interactions.pairs import Pairs
from interestlake.models.fitted import Fitted
from interestlake.models.scorer import Scorer
from interestlake.recommending.worthy import lift

PEOPLE, ITEMS = 6, 40


@dataclass(frozen=True)
class Fixed(Scorer):
    """The same scores of the items for everybody."""

    name: str
    scores: np.ndarray

    def score(self, batch) -> np.ndarray:
        return np.tile(self.scores, (batch.size, 1)).astype(np.float32)


def of(name: str, **given: float) -> Fitted:
    """Scores 1.0 to 1.4 over the items, but for those given as i3=9.0."""
    scores = 1.0 + 0.01 * np.arange(ITEMS)
    for item, value in given.items():
        scores[int(item[1:])] = value
    return Fitted(Fixed(name, scores))


@pytest.fixture
def world():
    """Everybody chose item 0 and is asked for items 3 and 4."""
    ids = [np.array([f"{kind}{n:02d}" for n in range(count)], object) for kind, count in (("u", PEOPLE), ("i", ITEMS))]
    everyone = np.arange(PEOPLE, dtype=np.int32)
    pairs = Pairs(*ids, everyone, np.zeros(PEOPLE, np.int32), np.ones(PEOPLE, np.float32), np.zeros(PEOPLE), True)
    asked = [np.array([3, 4])] * PEOPLE
    return pairs, HeldOut(everyone, asked, np.full(PEOPLE, 2), [{3: 1.0, 4: 1.0}] * PEOPLE)


def test_a_model_that_knows_what_the_leader_does_not_lifts_it(world):
    leader, other = of("leader", i3=9.0), of("other", i4=9.0)
    alone, both = 1 / (1 + 1 / np.log2(3)), 1.0
    assert lift(leader, other, *world, 2, None) == pytest.approx(both / alone - 1)


def test_a_model_that_repeats_the_leader_lifts_nothing(world):
    assert lift(of("leader", i3=9.0), of("other", i3=9.0), *world, 2, None) == pytest.approx(0.0)


def test_nothing_is_lifted_where_the_leader_has_nothing_right(world):
    assert lift(of("leader", i9=9.0), of("other", i3=9.0), *world, 1, None) == 0.0
