"""Who asks: what a person has chosen, holds dear and asked not to see, by catalogue column."""

from dataclasses import dataclass, field

import numpy as np

from ...core.rows import Rows
from ...interests.reading_key import beyond
from ...recommending.blocks import Catalogue
from ..said_since import Said

OBJECTIONS = "silver.objections"


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
    said = _said(rows, mine)
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
    forgotten = [at for at, item in enumerate(catalogue.item_ids) if said.forgot(user_id, "item", item)]
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


def _said(rows: Rows, mine: dict) -> Said:
    if not rows.there(OBJECTIONS):
        return Said()
    said = rows.of(OBJECTIONS, ["kind", "action", "target"], mine)
    no = {kind: frozenset(row["target"] for row in said if (row["kind"], row["action"]) == (kind, "not_interested"))
          for kind in ("item", "interest")}  # fmt: skip
    marks = frozenset(row["target"] for row in said if row["action"] == "forget")
    return Said(no["item"], no["interest"], marks)
