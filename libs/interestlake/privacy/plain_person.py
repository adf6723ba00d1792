"""Who is meant, looked up in the lake's files: no Spark."""

from collections.abc import Collection

import pyarrow.compute as pc
import pyarrow.dataset as ds

from ..core.config import NO_PEOPLE
from ..core.edits import edits
from ..core.errors import BadInput
from ..core.plain_lake import PlainLake, Unreadable, among
from .meant import MOST_ROWS
from .names import Origin

OBJECTIONS = "silver.objections"
ORIGINS = ("source", "people", "items", "item_prefix", "key_mark")
MOST_PEOPLE = 1_000_000  # above, who is near a misspelt id is for Spark to say


class PlainPeople:
    """`meant.People` of a lake's files. Raises Unreadable where they cannot be read from here."""

    def __init__(self, lake: PlainLake):
        self.root, self._lake = lake.root, lake

    def origins(self) -> list[Origin]:
        if not self._lake.there("silver.users"):
            expect_plain(self._lake, ("silver.users",), "interestlake run --until prepare")
        if self._lake.there("ops.sources"):
            rows = self._lake.of("ops.sources", ORIGINS)
            return [Origin(*(row[name] for name in ORIGINS)) for row in sorted(rows, key=lambda row: row["source"])]
        names = {row["source"] for row in self._lake.of("ops.runs", ["source"])} if self._lake.there("ops.runs") else ()
        return [Origin(name, name, name) for name in sorted(set(names) - set(NO_PEOPLE))]

    def named(self, ids: Collection[str], beginning: str | None) -> dict[str, int | None]:
        asked = among("user_id", ids)
        if beginning:
            asked = asked | pc.starts_with(ds.field("user_id"), beginning)
        rows = self._lake.frame("silver.users", ["user_id", "user_index"], asked)
        known = dict(zip(rows["user_id"], map(int, rows["user_index"]), strict=True))
        # a call that was killed leaves the mark and the row
        known = dict.fromkeys(self._gone(asked)) | known
        return dict(sorted(known.items(), key=lambda one: (one[0] not in ids, one[0]))[:MOST_ROWS])

    def present(self, ids: Collection[str]) -> list[str]:
        asked = among("user_id", ids)
        return self._lake.frame("silver.users", ["user_id"], asked)["user_id"].tolist()

    def near_beginnings(self, beginning: str, changes: int, limit: int) -> list[str]:
        if self._lake.count("silver.users") > MOST_PEOPLE:
            raise Unreadable(f"more than {MOST_PEOPLE:,} people")
        near = []
        for user_id in self._lake.frame("silver.users", ["user_id"])["user_id"]:
            count = edits(user_id[: len(beginning)], beginning, changes)
            if count <= changes:
                near.append((count, user_id))
        return [user_id for _, user_id in sorted(near)[:limit]]

    def _gone(self, asked: ds.Expression) -> list[str]:
        """user_ids of those who had everything forgotten."""
        if not self._lake.there(OBJECTIONS):
            return []
        whole = asked & (ds.field("kind") == "everything") & (ds.field("action") == "forget")
        return self._lake.frame(OBJECTIONS, ["user_id"], whole)["user_id"].tolist()


def expect_plain(lake: PlainLake, needed: Collection[str], command: str) -> None:
    """As `stage.expect_lake`, of a lake that this process reads."""
    missing = [name for name in needed if not lake.there(name)]
    if missing:
        found = f"no {', '.join(missing)}" if lake.there("ops.runs") else "none there"
        raise BadInput.of(f"lake {lake.root}", found=found, expected=f"a lake after `{command}`", where="--lake")
