"""The published ways of parting pairs into train, validation and test, and the cut of a validation part from train."""

import numpy as np
import pandas as pd

from ..core.errors import BadInput
from .pairs import Pairs

MIN_WARM_SHARE = 1 / 3
MIN_COLD_SHARE = 0.05
RANDOM, NEWEST = "a random", "the newest"  # how a validation part was chosen, in words


def split_pairs(pairs: pd.DataFrame, protocol: str, test_share: float, validation_share: float, seed: int) -> pd.Series:
    """pairs(user_id, item_id[, timestamp as a number]), each pair once -> "train", "validation" or "test" per row.

    stratified-item, stratified-user: of each item's (person's) n pairs, a seeded random round(n x share) are held
    out. leave-one-out: each person's last pair is test and, with a validation share, the one before it validation;
    people with fewer than three pairs stay in train. global-time: the newest share of all pairs. cold-items: a seeded
    share of the items, with all their pairs. Without a timestamp the order of the rows is the order of time.
    """
    random = np.random.default_rng(seed)
    order = pairs["timestamp"].to_numpy() if "timestamp" in pairs.columns else np.arange(len(pairs))
    if protocol == "leave-one-out":
        return _last_of_each(pairs, order, validation_share > 0)
    if protocol == "global-time":
        place = np.empty(len(pairs), np.int64)
        place[np.lexsort((np.arange(len(pairs)), order))] = np.arange(len(pairs))
        rank, size = pd.Series(place, pairs.index), pd.Series(len(pairs), pairs.index)
    elif protocol == "cold-items":
        items, code = np.unique(pairs["item_id"].to_numpy(), return_inverse=True)
        rank = pd.Series(random.permutation(len(items))[code], pairs.index)
        size = pd.Series(len(items), pairs.index)
    else:
        group = pairs["item_id" if protocol == "stratified-item" else "user_id"]
        draw = pd.Series(random.random(len(pairs)), pairs.index)
        rank = draw.groupby(group).rank(method="first") - 1
        size = draw.groupby(group).transform("size")
    test = rank >= size - np.round(size * test_share)
    held_out = rank >= size - np.round(size * (test_share + validation_share))
    return pd.Series(np.where(test, "test", np.where(held_out, "validation", "train")), pairs.index)


def _last_of_each(pairs: pd.DataFrame, order: np.ndarray, with_validation: bool) -> pd.Series:
    ranked = pairs.assign(order=order, row=np.arange(len(pairs))).sort_values(["user_id", "order", "row"])
    from_end = ranked.groupby("user_id").cumcount(ascending=False)
    enough = ranked.groupby("user_id")["user_id"].transform("size") >= 3
    part = np.where(enough & (from_end == 0), "test", "train")
    part = np.where(enough & with_validation & (from_end == 1), "validation", part)
    return pd.Series(part, ranked.index).reindex(pairs.index)


def cut_validation(
    train: Pairs, protocol: str, share: float, seed: int, without_pairs: float = 0.0
) -> tuple[np.ndarray, str]:
    """Which pairs of train validate (n,) bool, and how they were chosen, in words.

    without_pairs: share of the catalogue that no pair of train is about. cold-items: all pairs of a seeded `share` / 2
    of the items.

    leave-one-out protocols: each person's last pair, of people with two or more. ranking: the newest `share` of all
    pairs where train has times and at least MIN_WARM_SHARE of those pairs belong to people with earlier ones (a cut by
    time can only validate on people it knows); otherwise a seeded random share of each person's pairs. Where at least
    MIN_COLD_SHARE of the catalogue has no pairs, half of that random share makes room for withheld items, so that what
    speaks for an item without a history can show it. Train and the catalogue alone decide. Raises BadInput where
    nothing is held out.
    """
    if protocol == "cold-items":
        held_out, how = withheld_items(train, share / 2, seed), f"{RANDOM} {share / 2:.0%} of the items"
    elif protocol != "ranking":
        last = train.starts[1:] - 1
        several = np.diff(train.starts) >= 2
        held_out = np.zeros(len(train), bool)
        held_out[last[several]] = True
        how = "each person's last pair"
    else:
        held_out, how = newest_of_all(train, share), f"{NEWEST} {share:.0%} of the pairs"
        if not train.timed or _warm_share(train, held_out) < MIN_WARM_SHARE:
            held_out, how = random_of_each(train, share, seed), f"{RANDOM} {share:.0%} of each person's pairs"
            if without_pairs >= MIN_COLD_SHARE:
                held_out = random_of_each(train, share / 2, seed) | withheld_items(train, share / 2, seed)
                how = f"{RANDOM} {share / 2:.0%} of each person's pairs and of the items"
    held_out &= train.weights > 0
    if not held_out.any() or held_out.all():
        raise BadInput.of(
            "validation",
            found="nothing to hold out of train",
            expected="people with two pairs or more",
            where="--train or --validation",
        )
    return held_out, how


def withheld_items(train: Pairs, share: float, seed: int) -> np.ndarray:
    """(n,) bool: all pairs of a seeded share of the items."""
    chosen = np.unique(train.items)
    withheld = np.random.default_rng(seed + 1).choice(chosen, max(1, round(len(chosen) * share)), replace=False)
    return np.isin(train.items, withheld)


def newest_of_all(train: Pairs, share: float) -> np.ndarray:
    """(n,) bool: the newest share of all pairs."""
    held_out = np.zeros(len(train), bool)
    held_out[np.argsort(train.times, kind="stable")[len(train) - round(len(train) * share) :]] = True
    return held_out


def _warm_share(train: Pairs, held_out: np.ndarray) -> float:
    warm = np.zeros(train.shape[0], bool)
    warm[train.users[~held_out]] = True
    return float(warm[train.users[held_out]].mean()) if held_out.any() else 0.0


def random_of_each(train: Pairs, share: float, seed: int) -> np.ndarray:
    """(n,) bool: a seeded round(share) of each person's pairs."""
    draw = np.random.default_rng(seed).random(len(train))
    size = np.diff(train.starts)[train.users]
    rank = np.empty(len(train), np.int64)
    order = np.lexsort((draw, train.users))
    rank[order] = np.arange(len(train)) - train.starts[train.users[order]]
    return rank >= size - np.round(size * share)
