"""A lake that stays open: what was read is kept until a run has written, and then read anew."""

import argparse
import json
import logging
import time
import webbrowser
from functools import cached_property
from typing import Any

from ...core.errors import BadInput
from ...core.params.all import Params
from ...core.plain_lake import PlainLake
from ..exploring.list_at_once import length_of, list_text
from ..exploring.reasons_at_once import reasons_here
from ..exploring.who_at_once import expect_asked, shown_rows

LOG = logging.getLogger("interestlake")
MOST_IDS = 50_000  # people whose ids are completed; of more, one writes them


class OpenLake:
    """The answers of the five commands as text. Each raises BadInput as its command does, and Unreadable where the
    lake's files cannot be read from here.

    models: intents and tagger of `ask`, or None each.
    """

    def __init__(
        self, root: str, params: Params, max_gigabytes: float, models: tuple[Any, Any], tracking_uri: str | None
    ):
        self.lake, self.params = PlainLake(root), params
        self._max_gigabytes, self._models, self._tracking_uri = max_gigabytes, models, tracking_uri
        self._asking = None

    def renew(self) -> None:
        """Read from now on what runs have written since; a line of the log says which tables that are."""
        from ...serving.asking.plan import INDEXED

        moved = self.lake.moved()
        if not moved:
            return
        LOG.info("the lake has changed (%s): read anew", ", ".join(moved))
        self.__dict__.pop("user_ids", None)
        if not INDEXED.isdisjoint(moved):
            self._asking = None

    def who_text(self, asked: argparse.Namespace) -> str:
        from ...serving.plain_who import PlainDirectory

        expect_asked(asked)
        return shown_rows(PlainDirectory(self.lake), asked.like, asked.limit, self._key_file)

    def list_text(self, asked: argparse.Namespace) -> str:
        return list_text(self.lake, asked.user, length_of(asked.top, self.params), self.params, asked.csv)

    def explain_text(self, asked: argparse.Namespace) -> str:
        return reasons_here(self.lake, asked.user, asked.item, self.params)

    def profile_text(self, asked: argparse.Namespace) -> str:
        """The interests as text; with --out or --open the page, and its file."""
        from ...core.storage import write_whole
        from ...privacy.meant import meant
        from ...privacy.plain_person import PlainPeople
        from ...serving.person_page.page import page_of, place_of
        from ...serving.person_page.text import profile_text

        person, top_k = meant(PlainPeople(self.lake), asked.user, self._key_file), self.params.recommend.top_k
        if not (asked.out or asked.open):
            return profile_text(self.lake, person.user_id, top_k)
        path = place_of(self.lake.root, person.user_id, asked.out)
        write_whole(path, page_of(self.lake, person.user_id, top_k, self.lake.root, 42))
        if asked.open:
            webbrowser.open(path.as_uri())
        return str(path)

    def ask_text(self, asked: argparse.Namespace) -> str:
        from ...serving.asking.ask import checked
        from ...serving.asking.show import as_json, as_text

        checked(asked.request)  # before the items are read
        asking = self._opened()
        made, intent = asking.ask(asked.request, asked.user or None, asked.top, asked.include_seen)
        if asked.json:
            with_intents = self._models[0] is not None
            return json.dumps(as_json(asked.request, made, intent, asking.index, with_intents), indent=1)
        return as_text(made, intent, asking.index)

    def _opened(self):
        if self._asking is None:
            from ...serving.asking.ask import open_plain_asking

            began = time.perf_counter()
            self._asking = open_plain_asking(self.lake, self.params, *self._models, self._max_gigabytes,
                                             tracking_uri=self._tracking_uri)  # fmt: skip
            LOG.info("items read for requests in %.1f s", time.perf_counter() - began)
        return self._asking

    @property
    def _key_file(self) -> str:
        return self.params.ingest.pseudonym_key_file

    @cached_property
    def user_ids(self) -> list[str]:
        """Names to complete: source ids where they are numbers, else pseudonyms; none where there are many."""
        from ...privacy.found_again_here import source_ids_here
        from ...privacy.names import keys_at_hand
        from ...privacy.plain_person import PlainPeople

        if self.lake.count("silver.users") > MOST_IDS:
            return []
        ids = self.lake.frame("silver.users", ["user_id"])["user_id"].tolist()
        keys = keys_at_hand(PlainPeople(self.lake).origins(), self._key_file, f"lake {self.lake.root}")
        several = len(keys.keyed) + len(keys.lacking) > 1
        named = source_ids_here(ids, keys, len(ids))
        return sorted((":".join(named[one]) if several else named[one][1]) if one in named else one for one in ids)

    def item_ids(self, user: str) -> list[str]:
        """The items of a person's list."""
        from ...privacy.meant import meant
        from ...privacy.plain_person import PlainPeople
        from ...serving.one_list import list_rows

        try:
            person = meant(PlainPeople(self.lake), user, self._key_file)
        except BadInput:
            return []
        return [row["item_id"] for row in list_rows(self.lake, person.user_id, self.params.recommend.top_k)]
