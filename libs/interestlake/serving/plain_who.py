"""`Directory` of a lake's files, without Spark."""

from collections.abc import Collection

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

from ..core.edits import edits
from ..core.plain_lake import PlainLake, Unreadable, among
from ..privacy.found_again_here import source_ids_here
from ..privacy.names import Keys
from ..privacy.plain_person import PlainPeople, expect_plain
from ..recommending.segments import SEGMENT_NAMES, SEGMENTS
from .directory import NEAR_TITLES, NEEDED, NEEDED_FROM, most_edits
from .titles import compared, folded, most_edits_of_title, names

MOST_ROWS = 1_000_000  # people or items; above, Spark looks through them


class PlainDirectory:
    """Raises BadInput where the lake has no people, Unreadable where its files cannot be read from here or are many."""

    def __init__(self, lake: PlainLake):
        expect_plain(lake, NEEDED, NEEDED_FROM)
        self.people, self._lake = PlainPeople(lake), lake
        for name in NEEDED:
            if (count := lake.count(name)) > MOST_ROWS:
                raise Unreadable(f"{count:,} rows of {name}, more than {MOST_ROWS:,}")

    def count(self) -> int:
        return self._lake.count("silver.users")

    def to_try(self, limit: int) -> list[dict]:
        rows = self._people(None)
        turn = rows.groupby("segment", sort=False).cumcount()
        some = rows.assign(turn=turn).sort_values("turn", kind="stable").head(limit)
        return some.sort_index().drop(columns="turn").to_dict("records")

    def named(self, user_ids: Collection[str], limit: int) -> list[dict]:
        return self._people(among("user_id", user_ids)).head(limit).to_dict("records")

    def source_ids(self, user_ids: Collection[str], keys: Keys, count: int) -> dict[str, tuple[str, str]]:
        return source_ids_here(user_ids, keys, count)

    def by_title(self, text: str | None, limit: int) -> list[dict]:
        rows = self._items()
        if text is not None:
            rows = rows[rows["title"].map(folded).str.contains(folded(text), regex=False)]
        return self._shown(rows.head(limit))

    def titled(self, text: str, limit: int) -> list[dict]:
        rows, wanted = self._items(), folded(text)
        same = [wanted in names(title) for title in rows["title"]]
        return self._shown(rows[same].head(limit))

    def near_ids(self, text: str, limit: int) -> list[dict]:
        rows, most = self._items(), most_edits(text)
        near = rows.assign(edits=[edits(one, text, most) for one in rows["item_id"]])
        return self._shown(near[near["edits"] <= most].sort_values("edits", kind="stable").head(limit))

    def near_titles(self, text: str) -> list[dict]:
        typed, most, rows = folded(text), most_edits_of_title(text), self._items()
        near = [min((edits(part, typed, most) for part in compared(title, text)), default=most + 1)
                for title in rows["title"]]  # fmt: skip
        rows = rows.assign(edits=near).sort_values("edits", kind="stable")
        return self._shown(rows[rows["edits"] <= most].head(NEAR_TITLES))

    def _people(self, where: ds.Expression | None) -> pd.DataFrame:
        """The longest histories first, ties by id; numbered in that order."""
        rows = self._lake.frame("silver.users", ["user_id", "item_count", "last_ts"], where)
        rows = rows.sort_values(["item_count", "user_id"], ascending=[False, True]).reset_index(drop=True)
        rows["segment"] = np.array(SEGMENT_NAMES, object)[np.digitize(rows["item_count"], SEGMENTS)]
        rows["last_ts"] = rows["last_ts"].astype(object).where(rows["last_ts"].notna(), None)
        return rows

    def _items(self) -> pd.DataFrame:
        """The most chosen first, ties by id."""
        rows = self._lake.frame("silver.items", ["item_id", "title", "user_count"])
        return rows.sort_values(["user_count", "item_id"], ascending=[False, True])

    def _shown(self, rows: pd.DataFrame) -> list[dict]:
        categories = self._lake.of("silver.items", ["item_id", "categories"], {"item_id": rows["item_id"].tolist()})
        of_item = {row["item_id"]: row["categories"] for row in categories}
        return [{"item_id": row.item_id, "title": row.title, "categories": of_item[row.item_id],
                 "people": int(row.user_count)} for row in rows.itertuples()]  # fmt: skip
