"""The cuts of train that validate, and a ranker that may not meet a cut's withheld items again."""

import logging

import numpy as np
import pandas as pd
import pytest

from interestlake.interactions import cuts
from interestlake.interactions.cuts import ITEMS, LAST, cuts_of, way_of
from interestlake.interactions.pairs import Pairs
from interestlake.interactions.protocols import NEWEST, RANDOM, newest_of_all, withheld_items
from interestlake.recommending.fit_fusion import fit_fusion
from interestlake.recommending.pool import Pool

from .world import feedback, pairs, places_of

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


def cut_off(data: Pairs, held: np.ndarray) -> tuple[Pairs, Pairs]:
    return data.rows(~held), data.rows(held)


def last_of_each(data: Pairs, count: int) -> np.ndarray:
    return data.starts[data.users + 1] - np.arange(len(data)) <= count


def test_a_given_validation_is_seen_how_it_was_cut(together):
    random = np.random.default_rng(0).random(len(together)) < 0.2
    assert way_of(*cut_off(together, newest_of_all(together, 0.2))) == NEWEST
    assert way_of(*cut_off(together, random)) == RANDOM
    assert way_of(*cut_off(together, withheld_items(together, 0.1, 0))) == ITEMS
    walk = feedback(pairs())  # people come one after another: the last of each are not the newest of all
    assert way_of(*cut_off(walk, last_of_each(walk, 2))) == LAST


def test_few_people_of_a_given_validation_bring_earlier_cuts_of_its_kind(monkeypatch):
    walk = feedback(pairs())
    train, given = cut_off(walk, last_of_each(walk, 2))
    found = cuts_of(train, given, "ranking", 0, LOG)
    assert len(found) == cuts.CUTS and found[0][0] is train and found[0][1] is given
    for rest, part in found[1:]:
        assert (np.bincount(part.users, minlength=walk.shape[0]) <= 2).all()
        for person in np.unique(part.users):
            assert part.times[part.users == person].min() >= rest.times[rest.users == person].max()
    monkeypatch.setattr(cuts, "ENOUGH_PEOPLE", 10)
    assert len(cuts_of(train, given, "ranking", 0, LOG)) == 1


def test_given_random_pairs_and_withheld_items_are_drawn_again(together):
    train, given = cut_off(together, np.random.default_rng(1).random(len(together)) < 0.2)
    found = cuts_of(train, given, "ranking", 0, LOG)
    assert len(found) == cuts.CUTS
    assert all(len(rest) + len(part) == len(train) for rest, part in found[1:])
    assert len({tuple(part.users * 100 + part.items) for _, part in found}) == cuts.CUTS
    train, given = cut_off(together, withheld_items(together, 0.1, 0))
    for rest, part in cuts_of(train, given, "cold-items", 0, LOG)[1:]:
        assert not np.isin(part.items, rest.items).any()


def test_last_pairs_are_followed_by_those_before_them(together):
    found = cuts_of(together, None, "leave-one-out", 0, LOG)
    assert len(found) == cuts.CUTS
    assert all((np.bincount(part.users) <= 1).all() for _, part in found)
    assert len(found[1][0]) + len(found[1][1]) == len(found[0][0])


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
        places, context = places_of(values, people), np.ones((len(truth), 3), np.float32)
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
