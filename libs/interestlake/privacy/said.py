"""What one person asked not to see or to be forgotten, for rows in this process, without Spark."""

import hashlib
from dataclasses import dataclass

from ..core.rows import Rows

TABLE = "silver.objections"


@dataclass(frozen=True)
class Said:
    """One person's objections: ids of refused items and interests, and the marks of what was forgotten."""

    items: frozenset[str] = frozenset()
    interests: frozenset[str] = frozenset()
    marks: frozenset[str] = frozenset()

    def forgot(self, user_id: str, kind: str, target: str = "") -> bool:
        """Whether the person had this forgotten; the mark is that of privacy.objections."""
        if not self.marks:
            return False
        return hashlib.sha256(f"{user_id}|{kind}|{target}".encode()).hexdigest() in self.marks

    def bars(self, user_id: str, item_id: str) -> bool:
        """Whether the item is in no list of the person."""
        return item_id in self.items or self.forgot(user_id, "item", item_id)


NOTHING = Said()


def said_of(rows: Rows, user_id: str) -> Said:
    """What the person said until now, by silver.objections."""
    if not rows.there(TABLE):
        return NOTHING
    said = rows.of(TABLE, ["kind", "action", "target"], {"user_id": [user_id]})
    refused = [one for one in said if one["action"] == "not_interested"]
    items, interests = (frozenset(one["target"] for one in refused if one["kind"] == kind)
                        for kind in ("item", "interest"))  # fmt: skip
    return Said(items, interests, frozenset(one["target"] for one in said if one["action"] == "forget"))
