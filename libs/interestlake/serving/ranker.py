"""The ranker that the registry serves: the lists of gold.recommendations on request, without Spark."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from ..core.sealed import expect_sealed, seal, unseal
from ..privacy.said import NOTHING
from ..recommending.personal import recommend_block
from ..recommending.recommender import Recommender
from ..recommending.recommender_file import RECOMMENDER_FILE, read_recommender, write_recommender
from ..recommending.write_reason import NO_HISTORY
from .heed import heed
from .requests import ids_of, lengths_of
from .said_since import SaidSince
from .who_asks import Askers

PEOPLE_FILE = "people.parquet"
SEALED = (RECOMMENDER_FILE, PEOPLE_FILE)
PEOPLE_PER_BLOCK = 64
KNOWN, UNKNOWN = "known", "unknown"
UNKNOWN_SAYS = "Nobody is known here by this id"
KEYLESS_SAYS = "No pseudonym key here to read a source's id with"
INPUTS = (("user_id", "string", True), ("history", "list", False), ("k", "long", False))
OUTPUTS = (
    ("user_id", "string", True),
    ("rank", "long", True),
    ("item_id", "string", True),
    ("title", "string", True),
    ("score", "double", True),
    ("reason", "string", True),
    ("person", "string", True),
)
REQUIREMENTS = (
    "deltalake",
    "implicit",
    "lightgbm",
    "mlflow",
    "numpy",
    "pandas",
    "pyarrow",
    "safetensors",
    "scipy",
    "torch",
    "threadpoolctl",
)


@dataclass(frozen=True)
class Ranker:
    """The released recommender, the people that are known, and how the ids of requests are read.

    people: user_id, user_index, items, weights, friend_items, friend_weights, interests, shares, one row a person (see
    recommending.histories), at most recommend.ranker_people of them. Anyone else is ranked by the history that the
    request carries, or by popularity where it carries none. said: what people asked not to see or to be forgotten,
    heeded as it stands in the lake; where that cannot be read, as it stood when the model was registered.
    """

    recommender: Recommender
    people: pd.DataFrame
    askers: Askers = field(default_factory=Askers)
    said: SaidSince = field(default_factory=SaidSince)

    @cached_property
    def place(self) -> dict[str, int]:
        """user_id -> row of people."""
        return {user_id: row for row, user_id in enumerate(self.people["user_id"])}

    def predict(self, requests: pd.DataFrame) -> pd.DataFrame:
        """requests(user_id, optional history: list of item ids in order of choice, optional k) -> lists with reasons.

        user_id is the source's own id, SOURCE:ID, or a pseudonym (see `who_asks.Askers`). Returns OUTPUTS: k rows a
        request (10 where k is missing), best first, requests in order, user_id as it was asked; person: KNOWN or
        UNKNOWN, whose reasons say so where the request carries no history. A history replaces the one that is known;
        item ids that are not in the catalogue are passed over. Raises BadInput, in one line, where user_id is missing
        or may be two people, and for a k that is no whole number of 1..1000.
        """
        ids, lengths = ids_of(requests), lengths_of(requests)
        keys = self.askers.keys()
        names = self.askers.known_as(ids, self.place, keys)
        people = self.said.people()
        if people is not None:  # who asked to be forgotten is nobody
            names = {
                one: user for one, user in names.items() if not people.get(user, NOTHING).forgot(user, "everything")
            }
        asked = self._asked(requests, [names.get(one) for one in ids])
        if people is not None:
            asked = heed(asked, [names.get(one) for one in ids], people, self.recommender.catalogue)
        person = np.array([KNOWN if one in names else UNKNOWN for one in ids], object)
        parts = []
        for start in range(0, len(asked), PEOPLE_PER_BLOCK):
            wanted = lengths[start : start + PEOPLE_PER_BLOCK]
            block = asked.iloc[start : start + PEOPLE_PER_BLOCK].assign(user_id=np.arange(len(wanted)))
            lists = recommend_block(block, self.recommender, int(wanted.max()))
            lists = lists[lists["rank"].to_numpy() <= wanted[lists["user_id"].to_numpy(np.int64)]]
            row = start + lists["user_id"].to_numpy(np.int64)
            parts.append(lists.assign(user_id=np.array(ids, object)[row], person=person[row]))
        if not parts:
            return pd.DataFrame(columns=[name for name, *_ in OUTPUTS]).astype({"rank": "int64", "score": "float64"})
        whole = pd.concat(parts, ignore_index=True)
        catalogue = self.recommender.catalogue
        whole["title"] = catalogue.titles[catalogue.columns_of(whole["item_id"].tolist())]
        says = KEYLESS_SAYS if keys.lacking else UNKNOWN_SAYS
        nobody = whole["person"] == UNKNOWN
        whole.loc[nobody, "reason"] = whole.loc[nobody, "reason"].str.replace(NO_HISTORY, says, n=1, regex=False)
        return whole[[name for name, *_ in OUTPUTS]].astype({"rank": "int64", "score": "float64"})

    def _asked(self, requests: pd.DataFrame, user_ids: list[str | None]) -> pd.DataFrame:
        """The row of people per request, None where nobody is known, with the history that the request carries."""
        rows = np.array([-1 if user_id is None else self.place.get(user_id, -1) for user_id in user_ids], np.int64)
        known = self.people.reindex(rows).reset_index(drop=True)
        asked = known.astype(object).where(known.notna(), None)
        if "history" in requests.columns:
            items, weights = asked["items"].tolist(), asked["weights"].tolist()
            for row, history in enumerate(requests["history"]):
                if isinstance(history, (list, tuple, np.ndarray)):
                    items[row] = self._indexes(history)
                    weights[row] = np.ones(len(items[row]), np.float32)
            # a cell that is set by itself takes an array of one item for the item
            asked = asked.assign(items=pd.Series(items, dtype=object), weights=pd.Series(weights, dtype=object))
        return asked

    def _indexes(self, item_ids: Sequence[str] | np.ndarray) -> np.ndarray:
        """Item ids -> item indexes, each once, in order; ids that are not in the catalogue are passed over."""
        asked = list(dict.fromkeys(str(item) for item in item_ids))
        place = self.recommender.catalogue.columns_of(asked)
        return self.recommender.catalogue.index_of_column[place[place >= 0]]

    def save(self, folder: str | Path) -> Path:
        """Write recommender.safetensors, people.parquet and what `askers` reads by into `folder`; returns it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        unseal(folder)
        write_recommender(folder / RECOMMENDER_FILE, self.recommender)
        self.people.to_parquet(folder / PEOPLE_FILE, index=False)
        self.askers.save(folder)
        self.said.save(folder)
        seal(folder, SEALED)
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> "Ranker":
        """The ranker that `save` wrote. Raises BadInput where its files are not as they were written."""
        folder = Path(folder)
        expect_sealed(folder, SEALED, f"folder {folder}", "the registered ranker")
        file = folder / RECOMMENDER_FILE
        recommender = read_recommender(file, str(file), "the registered ranker")
        return cls(recommender, pd.read_parquet(folder / PEOPLE_FILE), Askers.load(folder), SaidSince.load(folder))
