"""The cuts of train that validate, and a ranker that may not meet a cut's withheld items again."""

import logging

import numpy as np
import pandas as pd
import pytest

from interestlake.interactions import cuts
from interestlake.interactions.cuts import cuts_of
from interestlake.interactions.pairs import Pairs
from interestlake.recommending.fit_fusion import fit_fusion
from interestlake.recommending.pool import Pool

from .world import feedback, pairs

LOG = logging.getLogger("test")


@pytest.fixture
def together() -> Pairs:
    """Everybody is there all the time."""
    crossing = pairs()
    return feedback(crossing.assign(timestamp=crossing["timestamp"] % 1000))


def test_random_cuts_go_on_until_enough_people_were_asked(monkeypatch):
    data = feedback(pairs())  # people come one after another, so the cut is random
    assert len(cuts_of(data, None, "ranking", 0, LOG)) == cuts.MOST_CUTS  # 60 people
    monkeypatch.setattr(cuts, "ENOUGH_PEOPLE", 240)
    found = cuts_of(data, None, "ranking", 0, LOG)
    assert len(found) == 4
    assert len({tuple(part.users * 100 + part.items) for _, part in found}) == 4
    monkeypatch.setattr(cuts, "ENOUGH_PEOPLE", 1)
    assert len(cuts_of(data, None, "ranking", 0, LOG)) == cuts.CUTS
    monkeypatch.setattr(cuts, "MAX_PAIRS_RECUT", 10)
    assert len(cuts_of(data, None, "ranking", 0, LOG)) == 1


def test_earlier_cuts_by_time_learn_only_from_what_lies_before_them(together):
    found = cuts_of(together, None, "ranking", 0, LOG)
    assert len(found) == cuts.CUTS
    for rest, part in found:
        assert rest.times.max() <= part.times.min()
        assert len(part) == pytest.approx(0.2 * len(together), abs=1)
    for (rest, _), (_, earlier) in zip(found, found[1:], strict=False):
        assert earlier.times.max() <= rest.times.max()  # part of what the later cut learned from


def test_a_cut_by_time_without_known_people_before_it_is_not_made():
    late = pairs().assign(timestamp=lambda frame: frame["timestamp"] % 1000)
    one_by_one = late["timestamp"] - 5000 - 1000.0 * (late.index // 10)
    early = late.assign(user_id="early " + late["user_id"], timestamp=one_by_one)
    found = cuts_of(feedback(pd.concat([early, late])), None, "ranking", 0, LOG)
    assert 1 <= len(found) < cuts.CUTS


def test_a_given_validation_and_last_pairs_are_one_cut(together):
    given = cuts_of(together, together, "ranking", 0, LOG)
    assert len(given) == 1 and given[0][1] is together
    assert len(cuts_of(together, None, "leave-one-out", 0, LOG)) == 1


def withheld_pools(cuts_made: int, seed: int = 0) -> tuple[list[Pool], list[list[np.ndarray]]]:
    """Each cut withholds two items, told by a number of their own in model 1; model 2 half sees what is relevant."""
    random = np.random.default_rng(seed)
    pools, relevant = [], []
    people, candidates = 40, 20
    for _ in range(cuts_made):
        marks = random.random(candidates)
        wanted = np.sort(random.choice(candidates, 2, replace=False))
        truth = np.tile(np.isin(np.arange(candidates), wanted), people).astype(float)
        noise = random.random((len(truth), 2))
        values = np.column_stack([noise[:, 0], np.tile(marks, people), 0.25 * truth + 0.75 * noise[:, 1]])
        places, context = np.full(values.shape, 50, np.int16), np.ones((len(truth), 3), np.float32)
        columns = np.tile(np.arange(candidates), people).astype(np.int32)
        starts = np.arange(people + 1) * candidates
        pools.append(Pool(np.arange(people), starts, columns, values.astype(np.float32), places, context))
        relevant.append([wanted] * people)
    return pools, relevant


def test_a_ranker_that_knows_withheld_items_again_is_not_believed():
    names = ("popularity", "marks", "half")
    pools, relevant = withheld_pools(4)
    by_people = fit_fusion(pools, relevant, names, 5, 0, variety=0.0)
    by_cut = fit_fusion(pools, relevant, names, 5, 0, variety=0.0, by_cut=True)
    assert by_people.values["ranker"] > 0.95  # it learned eight marks by heart
    assert by_cut.values["ranker"] < 0.8
    few = fit_fusion(pools[:2], relevant[:2], names, 5, 0, variety=0.0, by_cut=True)
    assert few.method == "weights" and "ranker" not in few.values
