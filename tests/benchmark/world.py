"""A small planted world: people of four tastes choose items of their taste, most of them in order."""

import numpy as np
import pandas as pd

from interestlake.interactions.pairs import Pairs

TASTES, ITEMS_PER_TASTE = 4, 15


def pairs(people: int = 60, length: int = 10, seed: int = 0) -> pd.DataFrame:
    """(user_id, item_id, timestamp): person u of taste u % TASTES, nine of ten choices within the taste."""
    random = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        own = (person % TASTES) * ITEMS_PER_TASTE
        start = int(random.integers(ITEMS_PER_TASTE))
        walk = [own + (start + step) % ITEMS_PER_TASTE for step in range(length)]
        other = random.integers(0, TASTES * ITEMS_PER_TASTE, length)
        chosen = np.where(random.random(length) < 0.9, walk, other)
        rows += [(f"u{person:03}", f"i{item:02}", 1000.0 * person + step) for step, item in enumerate(chosen)]
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "timestamp"])
    return frame.drop_duplicates(["user_id", "item_id"]).reset_index(drop=True)


def feedback(frame: pd.DataFrame, timed: bool = True) -> Pairs:
    """Pairs of weight 1 over the people and items of the frame."""
    frame = frame.assign(weight=1.0).rename(columns={"timestamp": "time"})
    return Pairs.of(frame, *(np.unique(frame[n].to_numpy(object)) for n in ("user_id", "item_id")), timed)


def places_of(values: np.ndarray, people: int) -> np.ndarray:
    """(P C, S) values -> each model's places of a person's C candidates, from 1, the largest first."""
    mine = values.reshape(people, -1, values.shape[1])
    return (np.argsort(np.argsort(-mine, axis=1, kind="stable"), axis=1) + 1).reshape(values.shape).astype(np.int16)
