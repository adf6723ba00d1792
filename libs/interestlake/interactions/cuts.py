"""The cuts of train that validate: one that parameters are picked on, and more that the fusion learns from."""

from collections.abc import Sequence
from logging import Logger

import numpy as np

from .held_out import HeldOut, held_out_pairs
from .pairs import Pairs
from .protocols import NEWEST, RANDOM, cut_validation

SHARE = 0.2  # of train, where validation is cut from it
MAX_PAIRS_RECUT = 500_000  # train is small enough to fit each model once per cut
CUTS = 3  # that the fusion learns from then, and
ENOUGH_PEOPLE = 1_500  # more where these were not asked yet
MOST_CUTS = 10
Cut = tuple[Pairs, Pairs]


def cuts_of(train: Pairs, validation: Pairs | None, protocol: str, seed: int, log: Logger) -> Sequence[Cut]:
    """(train, validation): the given parts, or cut from train, of which a small one is cut several times.

    Random cuts differ in their seed. A cut by time is followed by earlier ones of as many pairs, each with what lies
    before it as its train (rolling origin, Tashman 2000), while enough of those pairs belong to people known by then.
    """
    if validation is not None:
        log.info("validation: given, %s pairs", f"{len(validation):,}")
        return ((train, validation),)
    without_pairs = 1.0 - len(np.unique(train.items)) / train.shape[1]
    held, how = cut_validation(train, protocol, SHARE, seed, without_pairs)
    cuts = [(train.rows(~held), train.rows(held))]
    if len(train) <= MAX_PAIRS_RECUT and how.startswith(RANDOM):
        while len(cuts) < CUTS or (len(cuts) < MOST_CUTS and _asked(cuts) < ENOUGH_PEOPLE):
            held, _ = cut_validation(train, protocol, SHARE, seed + len(cuts), without_pairs)
            cuts.append((train.rows(~held), train.rows(held)))
    elif len(train) <= MAX_PAIRS_RECUT and how.startswith(NEWEST):
        while len(cuts) < CUTS and _asked(cuts) < ENOUGH_PEOPLE:
            older = cuts[-1][0]
            held, same = cut_validation(older, protocol, SHARE * len(train) / len(older), seed, without_pairs)
            if not same.startswith(NEWEST):
                break
            cuts.append((older.rows(~held), older.rows(held)))
    log.info(
        "validation: %s of train, %s pairs; %d cut(s), %s people with a history",
        how, f"{len(cuts[0][1]):,}", len(cuts), f"{_asked(cuts):,}",
    )
    return tuple(cuts)


def _asked(cuts: Sequence[Cut]) -> int:
    """People who validate and have a history, over all cuts."""
    return sum(int((np.diff(rest.starts)[np.unique(part.users)] > 0).sum()) for rest, part in cuts)


def held_of(part: Pairs, known: Pairs) -> HeldOut:
    """The pairs of a validation part as HeldOut."""
    return held_out_pairs(part.users, part.items, part.weights, known)


def sample_people(held: HeldOut, known: Pairs, limit: int, seed: int) -> HeldOut:
    """At most `limit` of the held-out people who have a history, seeded; all where they are fewer."""
    warm = np.diff(known.starts)[held.people] > 0
    rows = np.flatnonzero(warm & np.array([len(columns) > 0 for columns in held.relevant], bool))
    if len(rows) > limit:
        rows = np.sort(np.random.default_rng(seed).choice(rows, limit, replace=False))
    return held.pick(np.isin(np.arange(len(held.people)), rows))
