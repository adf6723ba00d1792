"""Who asks: what a person has chosen, holds dear and asked not to see, by catalogue column."""

from dataclasses import dataclass, field

import numpy as np

from ...core.rows import Rows
from ...interests.reading_key import beyond
from ...privacy.said import said_of
from ...recommending.blocks import Catalogue


@dataclass(frozen=True)
class Asker:
    """Who asks. columns (n,) and weights (n,): the items chosen, by column; shares: interest_id -> share of attention.

    known: whether somebody asks; nobody has no columns. barred: columns that the person asked not to see; refused: of
    them those said no to, for what is like them; disliked: interests said no to, which shares lacks. told: interests
    that a reason may call the person's, for they are chosen beyond what everybody chooses; None: all of shares.
    """

    known: bool
    columns: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    weights: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))
    shares: dict[str, float] = field(default_factory=dict)
    barred: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    refused: np.ndarray = field(default_factory=lambda: np.empty(0, np.int64))
    disliked: tuple[str, ...] = ()
    told: frozenset[str] | None = None


def read_asker(rows: Rows, user_id: str, catalogue: Catalogue) -> Asker:
    """What a person of the lake has chosen, their interests, and what they said no to or had forgotten."""
    mine = {"user_id": [user_id]}
    chosen = rows.of("silver.interactions", ["item_index", "weight"], mine)
    chosen.sort(key=lambda row: row["item_index"])
    said = said_of(rows, user_id)
    shares, told = {}, set()
    if rows.there("gold.interest_map"):
        for row in rows.of("gold.interest_map", ["interest_id", "share", "strength"], mine):
            interest = row["interest_id"]
            if interest not in said.interests and not said.forgot(user_id, "interest", interest):
                shares[interest] = row["share"]
                if row["strength"] is not None and beyond(row):
                    told.add(interest)
    refused = np.sort(catalogue.columns_of(sorted(said.items))) if said.items else np.empty(0, np.int64)
    refused = refused[refused >= 0]
    # a mark names nothing, so that the catalogue is gone through
    marked = enumerate(catalogue.item_ids) if said.marks else ()
    forgotten = [at for at, item in marked if said.forgot(user_id, "item", item)]
    return Asker(
        True,
        catalogue.column_of_index[np.array([row["item_index"] for row in chosen], np.int64)],
        np.array([row["weight"] for row in chosen], np.float32),
        shares,
        np.union1d(refused, np.array(forgotten, np.int64)),
        refused,
        tuple(sorted(said.interests)),
        frozenset(told),
    )
