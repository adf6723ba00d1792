"""Two tastes: people choose items of theirs, friends share it, texts and facts tell it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from interestlake.core.vectors import unit_rows
from interestlake.interactions.pairs import Pairs
from interestlake.interactions.side_information import (
    SideInformation,
    content_features,
    fact_vectors,
    term_weights,
)

PEOPLE, ITEMS, CHOSEN = 40, 24, 8
STRANGER = 0  # the first person has no pair and no friend
WORDS = ("good slow long", "bad short loud")  # what the tiny encoder's vocabulary has, or spells


@dataclass(frozen=True)
class World:
    """Pairs over people of whom the first is a stranger, and everything that models may know beside them."""

    pairs: Pairs
    side: SideInformation

    @property
    def taste(self) -> np.ndarray:
        """(I,) 0 or 1."""
        return np.arange(ITEMS) % 2


def planted(seed: int = 0) -> World:
    """Person p of 1..PEOPLE has taste p % 2 and chooses CHOSEN items of it, one after another in the items' order."""
    random = np.random.default_rng(seed)
    rows = []
    for person in range(1, PEOPLE + 1):
        own = np.sort(random.permutation(np.arange(person % 2, ITEMS, 2))[:CHOSEN])
        rows += [(f"u{person:02}", f"i{item:02}", 1.0, 86_400.0 * (person + place)) for place, item in enumerate(own)]
    frame = pd.DataFrame(rows, columns=["user_id", "item_id", "weight", "time"])
    user_ids = np.array(["", *(f"u{person:02}" for person in range(1, PEOPLE + 1))], object)
    item_ids = np.array([f"i{item:02}" for item in range(ITEMS)], object)
    return World(Pairs.of(frame, user_ids, item_ids, timed=True), _side(random))


def _side(random: np.random.Generator) -> SideInformation:
    taste = np.arange(ITEMS) % 2
    text = unit_rows(np.eye(2)[taste] + 0.1 * random.random((ITEMS, 2)))
    said = np.array([f"{WORDS[one]}. {WORDS[one]} number {'abcdefgh'[n % 8]}" for n, one in enumerate(taste)], object)
    words = term_weights(said)
    carried, named = _facts(taste)
    facts = fact_vectors(carried, 0)
    people = np.arange(PEOPLE + 1)
    friends = ((people[:, None] + people[None, :]) % 2 == 0) & (np.abs(people[:, None] - people[None, :]) == 2)
    friends[STRANGER] = friends[:, STRANGER] = False
    return SideInformation(
        text=text.astype(np.float32), facts=facts, friends=sp.csr_matrix(friends.astype(np.float32)), words=words,
        content=content_features(text, words, facts, 0), carried=carried, named=named, said=said,
    )  # fmt: skip


def _facts(taste: np.ndarray) -> tuple[sp.csr_matrix, sp.csr_matrix]:
    """(I, F) carried and named: two facts by taste, one by a maker of four items, one that names the item two on."""
    items = np.arange(ITEMS)
    columns = [taste, 2 + taste, 4 + items // 4, 4 + ITEMS // 4 + (items + 2) % ITEMS]
    size = (ITEMS, 4 + ITEMS // 4 + ITEMS)
    carried = sp.csr_matrix((np.ones(4 * ITEMS, np.float32), (np.tile(items, 4), np.concatenate(columns))), size)
    named = sp.csr_matrix((np.ones(ITEMS, np.float32), (items, 4 + ITEMS // 4 + items)), size)
    return carried, named
