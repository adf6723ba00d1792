"""Generated feedback of any size: popularity by Zipf's law, interests in groups, seeded, without a loop over pairs."""

import numpy as np

from interestlake.interactions.pairs import Pairs

ZIPF = 0.8  # popularity of the n-th item is n^-ZIPF
GROUP_ITEMS = 200  # people and items fall into groups of interest of so many items, whatever the size
LOYALTY = 0.7  # share of a person's choices within the own group
SPREAD = 0.8  # standard deviation of the log of how much a person chooses
DAY = 86_400.0


def draw_pairs(
    users: int, items: int, count: int, seed: int, ranked: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """-> (users, items), `count` drawn pairs in the order of drawing; a pair may come more than once. ranked: items by
    popularity, drawn where it is not given."""
    random = np.random.default_rng(seed)
    activity = np.cumsum(random.lognormal(0.0, SPREAD, users))
    person = np.minimum(np.searchsorted(activity, random.random(count) * activity[-1]), users - 1)
    popularity = np.cumsum(np.arange(1, items + 1) ** -ZIPF)
    place = np.minimum(np.searchsorted(popularity, random.random(count) * popularity[-1]), items - 1)
    groups = max(1, items // GROUP_ITEMS)
    own = random.random(count) < LOYALTY
    # an item's group is its rank modulo their number, so that every group has popular items
    place[own] = np.minimum(place[own] - place[own] % groups + person[own] % groups, items - 1)
    ranked = random.permutation(items) if ranked is None else ranked
    return person.astype(np.int32), ranked[place].astype(np.int32)


def generated(users: int, items: int, pairs: int, seed: int = 42, ranked: np.ndarray | None = None) -> Pairs:
    """`pairs` different pairs, each at a seeded second of one year, as the benchmark's Pairs."""
    found = np.empty(0, np.int64)
    while len(found) < pairs:
        person, item = draw_pairs(users, items, 2 * (pairs - len(found)) + 1000, seed + len(found), ranked)
        found = np.concatenate([found, person.astype(np.int64) * items + item])
        found = found[np.sort(np.unique(found, return_index=True)[1])]
    found = found[:pairs]
    person, item = (found // items).astype(np.int32), (found % items).astype(np.int32)
    times = np.floor(np.random.default_rng(seed).random(pairs) * 365 * DAY)
    order = np.lexsort((item, times, person))
    ids = (
        np.char.add(kind, np.char.zfill(np.arange(size).astype(str), 8)).astype(object)
        for kind, size in (("u", users), ("i", items))
    )
    ones = np.ones(pairs, np.float32)
    return Pairs(*ids, person[order], item[order], ones, times[order], timed=True)
