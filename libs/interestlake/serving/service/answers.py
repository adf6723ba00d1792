"""What the service answers, of the online store and the released ranker; no HTTP here."""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from threading import Lock

import pandas as pd

from ...core.rows import first
from ...privacy.names import Origin, readings
from ...privacy.plain_person import ORIGINS
from ...privacy.said import said_of
from ...recommending.write_reason import plain
from ...reporting.content import Missing
from ...reporting.own_page import gather_own
from ...reporting.person import collect_titles
from ..one_list import list_rows, titles_of
from ..reasons import WITHOUT, rests_on
from ..requests import MAX_K
from ..who_asks import Askers
from ..why_item import statements
from .explore import explore
from .noting import Done, Noting
from .released import Released, Version
from .saying import Saying
from .store import OnlineStore

KNOWN, UNKNOWN = "known", "unknown"
BESIDE = 50  # further places that the ranker is asked for where categories leave some out
INTERESTS = 50  # of a profile, the strongest first


class NotThere(Exception):
    """No such person, item or table; the text says which, and what makes it."""


@dataclass(frozen=True)
class Asked:
    """A list that is asked for. user_id as the source has it, or a pseudonym; history: item ids in order of choice, in
    place of the known one; exclude: item ids; categories: at least one of them, where any is given."""

    user_id: str | None = None
    history: Sequence[str] | None = None
    k: int = 10
    exclude: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()


class Answers:
    """Threads may share one. released: None where lists as they stand in the lake are all that is served; noting: None
    where nothing is noted."""

    def __init__(
        self, store: OnlineStore, released: Released | None, saying: Saying | None, key_file: str,
        noting: Noting | None = None,
    ):  # fmt: skip
        self.store, self.released, self.saying, self.noting = store, released, saying, noting
        self._chance = random.SystemRandom()
        self._key_file, self._lock = key_file, Lock()
        self._for_nobody: tuple[Version | None, dict[int, list[dict]]] = None, {}  # one version's, by length

    def took(self, wanted: str, events: Sequence[Done]) -> int:
        """Note what a person did; somebody new is one from here on -> how many events.

        Raises NotThere for an item that is not in the lake, for a new person of a lake of several sources, and where
        nothing is noted.
        """
        if self.noting is None:
            raise NotThere("this service writes nothing (--read-only)")
        user_id = self.person(wanted) or self._newcomer(wanted)
        if self._waiting(user_id)[1] or said_of(self.store, user_id).forgot(user_id, "everything"):
            raise NotThere("nobody is known here by this id")
        sources = {row["item_id"]: row["source"] for row in self.store.of(
            "bronze.items", ["item_id", "source"], {"item_id": sorted({one.item_id for one in events})})}  # fmt: skip
        for place, one in enumerate(events):
            if one.item_id not in sources:
                raise NotThere(f"no item of the id of event {place + 1}; none of them is taken")
        self.noting.took(user_id, events, sources)
        return len(events)

    def _newcomer(self, wanted: str) -> str:
        read = readings(wanted, self._askers().keys())
        read = [one for one in read if one.name == wanted] or read  # SOURCE:ID says whose it is
        if len({one.user_id for one in read}) != 1:
            raise NotThere("nobody is known here by this id, and which source's it is cannot be told")
        return read[0].user_id

    def person(self, wanted: str) -> str | None:
        """The pseudonym of whom `wanted` names: the source's own id before a whole pseudonym; None for nobody.

        Raises BadInput where two people have the id.
        """
        askers = self._askers()
        return askers.known_as([wanted], People(self.store), askers.keys()).get(wanted)

    def _askers(self) -> Askers:
        rows = self.store.of("ops.sources", ORIGINS) if self.store.there("ops.sources") else []
        return Askers(tuple(Origin(*(row[name] for name in ORIGINS)) for row in rows), self._key_file)

    def known(self, wanted: str) -> str:
        """`person`. Raises NotThere for nobody."""
        user_id = self.person(wanted)
        if user_id is None or self._waiting(user_id)[1]:
            raise NotThere("nobody is known here by this id")
        return user_id

    def recommendations(self, asked: Asked) -> dict:
        """{list_id, person, source, made_by, items: [{rank, item_id, title, score, reason}]}, at most k, best first.

        A list that is noted has an id, under which the journal holds its items with their chances (`explore`); one of
        nobody known, of a sent history or with filters has None. The list as it stands in the lake where it is long
        enough for what is asked, else the ranker's. person: UNKNOWN gets what is popular. source: "lake" or "ranker";
        made_by: the run of the list, or the ranker's version. Raises NotThere for nobody without a ranker, and BadInput
        as `person` does.
        """
        if (found := self.from_lake(asked)) is not None:
            return found
        if self.released is None:
            raise NotThere("nobody is known here by this id, and no ranker is served (--model)")
        user_id, left_out = self._whose(asked)
        if user_id:  # of the lake's list these are out already
            left_out |= said_of(self.store, user_id).items
        version, rows = self._ranked(asked, user_id, left_out)
        return self._listed(asked, user_id, rows, "ranker", version)

    def from_lake(self, asked: Asked) -> dict | None:
        """`recommendations`, None where the lake's list does not do and it takes longer than a look-up."""
        user_id, left_out = self._whose(asked)
        if not user_id or asked.history is not None:
            return None
        rows = self._kept(list_rows(self.store, user_id, MAX_K, "run_id"), left_out, asked)
        if len(rows) < asked.k and self.released is not None:
            return None
        return self._listed(asked, user_id, rows, "lake", rows[0]["run_id"] if rows else None)

    def _whose(self, asked: Asked) -> tuple[str | None, frozenset[str]]:
        """The person, None for nobody known, and the items that are not listed for them."""
        user_id = self.person(asked.user_id) if asked.user_id else None
        refused, gone = self._waiting(user_id) if user_id else (set(), False)
        return None if gone else user_id, asked.exclude | refused

    def _listed(self, asked: Asked, user_id: str | None, rows: list[dict], source: str, made_by: str | None) -> dict:
        listed, list_id = rows[: asked.k], None
        plainly = asked.history is None and not asked.exclude and not asked.categories
        if user_id and self.noting and rows and plainly:
            shown = explore(rows, asked.k, self.noting.share, self._chance)
            listed, list_id = list(shown.rows), self.noting.note(user_id, shown, source, made_by)
        titles = titles_of(self.store, {row["item_id"] for row in listed})
        items = [
            {"rank": rank, "item_id": row["item_id"], "title": plain(titles.get(row["item_id"], row["item_id"])),
             "score": row["score"], "reason": row["reason"]}
            for rank, row in enumerate(listed, 1)
        ]  # fmt: skip
        person = KNOWN if user_id else UNKNOWN
        return {"list_id": list_id, "person": person, "source": source, "made_by": made_by, "items": items}

    def similar_items(self, item_id: str, k: int) -> dict:
        """{item_id, title, items: [{rank, item_id, title, weight, people}]}: items that the same people chose, by the
        weight of the edge. Raises NotThere."""
        title = self._title(item_id)
        edges = [
            (edge["weight"], edge[other], edge["pair_count"])
            for mine, other in (("src", "dst"), ("dst", "src"))
            for edge in self._of("graph.item_edges", [other, "weight", "pair_count"], {mine: [item_id]})
        ]
        best = sorted(edges, key=lambda edge: (-edge[0], edge[1]))[:k]
        titles = titles_of(self.store, {other for _, other, _ in best})
        return {"item_id": item_id, "title": title, "items": [
            {"rank": rank, "item_id": other, "title": plain(titles.get(other, other)), "weight": weight,
             "people": people}
            for rank, (weight, other, people) in enumerate(best, 1)
        ]}  # fmt: skip

    def people_like(self, wanted: str, k: int) -> dict:
        """{people: [{rank, user_id, score, common_friends, shared}]}, of gold.people. Raises NotThere."""
        user_id = self.known(wanted)
        columns = ["rank", "other_id", "score", "common_friends", "shared"]
        rows = sorted(self._of("gold.people", columns, {"user_id": [user_id]}), key=lambda row: row["rank"])[:k]
        return {"people": [{"user_id": row.pop("other_id"), **row} for row in rows]}

    def reasons(self, wanted: str, item_id: str) -> dict:
        """{item_id, title, rank, reason, rests_on, statements: [{kind, text}], without}: why an item stands, or could
        stand, in a person's list; rank and reason None where it does not. Raises NotThere."""
        user_id, title = self.known(wanted), self._title(item_id)
        more = ("sources", "evidence", "named")
        row = first([one for one in list_rows(self.store, user_id, MAX_K, *more) if one["item_id"] == item_id])
        history = self.store.of("silver.interactions", ["item_id", "weight"], {"user_id": [user_id]})
        liked = sorted({one["item_id"] for one in history if one["weight"] > 0} - {item_id})
        behind = rests_on(row) if row else []
        titles = titles_of(self.store, set(behind))
        said = statements(self.store, user_id, item_id, liked, (row["named"] or []) if row else [])
        without = None
        if row and self.store.there(WITHOUT):
            mine = {"user_id": [user_id], "item_id": [item_id]}
            without = (first(self.store.of(WITHOUT, ["sentence"], mine)) or {}).get("sentence")
        return {
            "item_id": item_id,
            "title": title,
            "rank": row["rank"] if row else None,
            "reason": row["reason"] if row else None,
            "rests_on": [{"item_id": one, "title": plain(titles.get(one, one))} for one in behind],
            "statements": [{"kind": kind, "text": text} for kind, text in said],
            "without": without,
        }

    def profile(self, wanted: str) -> dict:
        """{items, first_day, last_day, holds_dear, too_little, interests, refused, may_come_next}. Raises NotThere."""
        user_id = self.known(wanted)
        page = gather_own(self.store, user_id, 1)
        expansions = () if isinstance(page.expansions, Missing) else page.expansions
        return {
            "items": page.items,
            "first_day": page.first_day,
            "last_day": page.last_day,
            "holds_dear": list(page.reading),
            "too_little": page.too_little,
            "interests": [{"interest_id": one, **told} for one, told in list(page.details.items())[:INTERESTS]],
            "refused": [{"kind": kind, "id": one, "name": name} for kind, one, name in page.refused],
            "may_come_next": [
                {"interest_id": one.interest_id, "name": one.name, "confidence": one.confidence, "path": list(one.path)}
                for one in expansions
            ],
        }

    def _kept(self, rows: Sequence[dict], left_out: Collection[str], asked: Asked) -> list[dict]:
        open_rows = [row for row in rows if row["item_id"] not in left_out]
        if not asked.categories:
            return open_rows
        of = collect_titles(self.store, {row["item_id"] for row in open_rows})
        return [row for row in open_rows if not asked.categories.isdisjoint(of.get(row["item_id"], ("", ()))[1])]

    def _ranked(self, asked: Asked, user_id: str | None, left_out: Collection[str]) -> tuple[str | None, list[dict]]:
        assert self.released is not None
        released = self.released.now
        version, ranker = released.version, released.ranker
        drawn = asked.k if self.noting and self.noting.share else 0
        longer, kept = min(MAX_K, asked.k + drawn + len(left_out) + (BESIDE if asked.categories else 0)), []
        for length in dict.fromkeys((longer, MAX_K) if asked.categories else (longer,)):
            if user_id is None and asked.history is None:
                rows = self._ranked_for_nobody(released, length)
            else:
                request: dict[str, list] = {"user_id": [user_id or asked.user_id or UNKNOWN], "k": [length]}
                if asked.history is not None:
                    request["history"] = [list(asked.history)]
                with self._lock:  # its libraries share their threads
                    rows = ranker.predict(pd.DataFrame(request)).to_dict("records")
            kept = self._kept(rows, left_out, asked)
            if len(kept) >= asked.k:
                break
        return version, kept

    def _ranked_for_nobody(self, released: Version, length: int) -> list[dict]:
        if self._for_nobody[0] is not released:
            self._for_nobody = released, {}
        kept = self._for_nobody[1]
        if length not in kept:
            with self._lock:
                lists = released.ranker.predict(pd.DataFrame({"user_id": [UNKNOWN], "k": [length]}))
            kept[length] = lists.to_dict("records")
        return kept[length]

    def _waiting(self, user_id: str) -> tuple[set[str], bool]:
        """Items that the person refused and the store may not know yet; whether they forgot everything."""
        return self.saying.hidden(user_id) if self.saying else (set(), False)

    def _title(self, item_id: str) -> str:
        titles = titles_of(self.store, {item_id})
        if item_id not in titles:
            raise NotThere("no item of this id")
        return plain(titles[item_id])

    def _of(self, table: str, columns: Collection[str], any_of: dict) -> list[dict]:
        if not self.store.there(table):
            made = MADE_BY.get(table, "interestlake run")
            raise NotThere(f"no {table} in the lake: `{made}` makes it")
        return self.store.of(table, columns, any_of)


MADE_BY = {"gold.people": "interestlake people"}


@dataclass(frozen=True)
class People:
    """The people of the store, asked one at a time."""

    store: OnlineStore

    def __contains__(self, user_id: object) -> bool:
        return bool(self.store.of("silver.users", ["user_id"], {"user_id": [user_id]}))

    def __iter__(self) -> Iterator[str]:
        raise TypeError("people are looked up, not gone through")
