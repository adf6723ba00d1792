"""The cuts of train that validate: one that parameters are picked on, and more that the fusion learns from."""

from collections.abc import Sequence
from logging import Logger

import numpy as np

from ..core.counted import counted
from .held_out import HeldOut, held_out_pairs
from .pairs import Pairs
from .protocols import MIN_WARM_SHARE, NEWEST, RANDOM, cut_validation, newest_of_all, random_of_each, withheld_items

SHARE = 0.2  # of train, where validation is cut from it
MAX_PAIRS_RECUT = 500_000  # train is small enough to fit each model once per cut
CUTS = 3  # that the fusion learns from then, and
ENOUGH_PEOPLE = 1_500  # more where these were not asked yet
MOST_CUTS = 10
ITEMS, LAST = "of withheld items", "each person's last pairs"  # further ways of cutting, in words
NEARLY_ALL = 0.95  # of what a way of cutting implies may be seen, where a given part is judged
Cut = tuple[Pairs, Pairs]


def cuts_of(train: Pairs, validation: Pairs | None, protocol: str, seed: int, log: Logger) -> Sequence[Cut]:
    """(train, validation): the given parts, or cut from train, of which a small one is cut several times.

    Random cuts differ in their seed. A cut by time is followed by earlier ones of as many pairs, each with what lies
    before it as its train (rolling origin, Tashman 2000), while enough of those pairs belong to people known by then;
    one of each person's last pairs likewise. Where a given validation asks fewer than ENOUGH_PEOPLE, train is cut as
    that is seen to have been cut (`way_of`).
    """
    without_pairs = 0.0
    if validation is not None:
        cuts, how = [(train, validation)], "given"
    else:
        without_pairs = 1.0 - len(np.unique(train.items)) / train.shape[1]
        held_out, how = cut_validation(train, protocol, SHARE, seed, without_pairs)
        cuts = [(train.rows(~held_out), train.rows(held_out))]
    if len(train) <= MAX_PAIRS_RECUT and how.startswith(RANDOM):
        while len(cuts) < CUTS or (len(cuts) < MOST_CUTS and _asked(cuts) < ENOUGH_PEOPLE):
            held_out, _ = cut_validation(train, protocol, SHARE, seed + len(cuts), without_pairs)
            cuts.append((train.rows(~held_out), train.rows(held_out)))
    elif len(train) <= MAX_PAIRS_RECUT:
        default = NEWEST if how.startswith(NEWEST) else LAST
        way = default if validation is None else way_of(*cuts[0])
        while len(cuts) < CUTS and _asked(cuts) < ENOUGH_PEOPLE:
            older = cuts[-1][0] if way in (NEWEST, LAST) else train
            held_out = _held_again(way, older, cuts[0][1], seed + len(cuts))
            if held_out is None:
                break
            cuts.append((older.rows(~held_out), older.rows(held_out)))
    log.info(
        "validation: %s%s, %s; %s, %s with a history",
        how,
        "" if validation is not None else " of train",
        counted(len(cuts[0][1]), "pair"),
        counted(len(cuts), "cut"),
        counted(_asked(cuts), "person", "people"),
    )
    return tuple(cuts)


def way_of(rest: Pairs, part: Pairs) -> str:
    """How a validation part was cut: ITEMS, NEWEST (of all pairs), LAST (each person's) or RANDOM.

    Without timestamps the given order puts every part behind its train, so that only one pair of each person speaks
    for LAST.
    """
    if np.isin(part.items, rest.items).mean() < 1 - NEARLY_ALL:
        return ITEMS
    if not rest.timed:
        return LAST if np.bincount(part.users).max() == 1 else RANDOM
    if part.times.min() >= np.quantile(rest.times, NEARLY_ALL):
        return NEWEST
    last = np.full(rest.shape[0], -np.inf)
    np.maximum.at(last, rest.users, rest.times)
    return LAST if (part.times >= last[part.users]).mean() >= NEARLY_ALL else RANDOM


def _held_again(way: str, older: Pairs, part: Pairs, seed: int) -> np.ndarray | None:
    """Which pairs of `older` a further cut holds out, about as many as `part` has; None where too little is left."""
    sizes = np.diff(older.starts)
    if way == ITEMS:
        held_out = withheld_items(older, len(np.unique(part.items)) / max(len(np.unique(older.items)), 1), seed)
    elif way == RANDOM:
        held_out = random_of_each(older, len(part) / (len(part) + len(older)), seed)
    elif way == NEWEST:
        held_out = newest_of_all(older, min(len(part) / len(older), 1.0))
    else:
        given = np.minimum(np.bincount(part.users, minlength=len(sizes)), np.maximum(sizes - 1, 0))
        held_out = older.starts[older.users + 1] - np.arange(len(older)) <= given[older.users]
    held_out &= older.weights > 0
    with_pairs = np.zeros(len(sizes), bool)
    with_pairs[older.users[~held_out]] = True
    enough = held_out.any() and (way == ITEMS or with_pairs[older.users[held_out]].mean() >= MIN_WARM_SHARE)
    return held_out if enough and 2 * held_out.sum() <= len(older) else None


def _asked(cuts: Sequence[Cut]) -> int:
    """People who validate and have a history, over all cuts."""
    return sum(int((np.diff(rest.starts)[np.unique(part.users)] > 0).sum()) for rest, part in cuts)


def held_of(part: Pairs, histories: Pairs) -> HeldOut:
    """The pairs of a validation part as HeldOut."""
    return held_out_pairs(part.users, part.items, part.weights, histories)


def sample_people(held_out: HeldOut, histories: Pairs, limit: int, seed: int) -> HeldOut:
    """At most `limit` of the held-out people who have a history, seeded; all where they are fewer."""
    warm = np.diff(histories.starts)[held_out.people] > 0
    rows = np.flatnonzero(warm & np.array([len(columns) > 0 for columns in held_out.relevant], bool))
    if len(rows) > limit:
        rows = np.sort(np.random.default_rng(seed).choice(rows, limit, replace=False))
    return held_out.pick(np.isin(np.arange(len(held_out.people)), rows))
