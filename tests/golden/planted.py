"""Two cliques of three items and a bridge: seven people, six items, everything small enough to work out by hand.

a-b, a-c, b-c have one person each, so have d-e, d-f, e-f, and one person has both c and d. Items a, b, e and f have two
people, c and d three. The cosine of two items is 1/2 for a-b and e-f, 1/3 for c-d and 1/sqrt(6) inside a clique else.
"""

import numpy as np
import pandas as pd

from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import SideInformation
from interestlake.models.registry import MODELS

ITEMS = "abcdef"
HISTORIES = {"u0": "ab", "u1": "ac", "u2": "bc", "u3": "de", "u4": "df", "u5": "ef", "u6": "cd"}
# what three of them choose next
HELD_OUT = {"u0": "d", "u1": "be", "u6": "e"}
PEOPLE = np.array([list(HISTORIES).index(user) for user in HELD_OUT])
RELEVANT = [np.array([ITEMS.index(item) for item in items]) for items in HELD_OUT.values()]
NAMES = ("item_knn", "popularity")


def pairs() -> Pairs:
    rows = [(user, item) for user, items in HISTORIES.items() for item in items]
    frame = pd.DataFrame(rows, columns=["user_id", "item_id"]).assign(weight=1.0, time=range(len(rows)))
    return Pairs.of(frame, np.array(list(HISTORIES), object), np.array(list(ITEMS), object), True)


def fitted() -> list:
    """item_knn by plain cosine, and popularity."""
    named = {model.name: model for model in MODELS}
    settings = {"item_knn": {"measure": "cosine", "neighbours": 10, "discount": 0.0}, "popularity": {}}
    return [named[name].fit(pairs(), SideInformation(), settings[name], 0) for name in NAMES]


def letters(lists: np.ndarray) -> list[str]:
    return ["".join(ITEMS[column] for column in row if column >= 0) for row in lists]
