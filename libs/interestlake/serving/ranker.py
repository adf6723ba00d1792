"""The ranker that the registry serves: the lists of gold.recommendations on request, without Spark."""

import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..core.errors import BadInput
from ..recommending.personal import recommend_block
from ..recommending.recommender import Recommender

DEFAULT_K, MAX_K = 10, 1000
PEOPLE_PER_BLOCK = 64
INPUTS = (("user_id", "string", True), ("history", "list", False), ("k", "long", False))
OUTPUTS = (
    ("user_id", "string", True),
    ("rank", "long", True),
    ("item_id", "string", True),
    ("score", "double", True),
    ("reason", "string", True),
)
REQUIREMENTS = ("implicit", "lightgbm", "mlflow", "numpy", "pandas", "pyarrow", "scipy", "torch", "threadpoolctl")


@dataclass(frozen=True)
class Ranker:
    """The released recommender and the people that are known by id.

    people: user_id, user_index, items, weights, friend_items, friend_weights, interests, shares, one row a person (see
    recommending.histories), at most recommend.ranker_people of them. Anyone else is ranked by the history that the
    request carries, or by popularity where it carries none.
    """

    recommender: Recommender
    people: pd.DataFrame

    def predict(self, requests: pd.DataFrame) -> pd.DataFrame:
        """requests(user_id, optional history: list of item ids in order of choice, optional k) -> lists with reasons.

        Returns user_id, rank, item_id, score, reason: k rows a request (10 where k is missing), best first, requests in
        order. A history replaces the one that is known; item ids that are not in the catalogue are passed over. Raises
        BadInput where user_id is missing or k is not in 1..1000.
        """
        if "user_id" not in requests.columns or requests["user_id"].isna().any():
            raise BadInput.of("request", found="no user_id", expected="user_id, a string", where="each row")
        lengths = requests["k"].fillna(DEFAULT_K) if "k" in requests.columns else pd.Series(DEFAULT_K, requests.index)
        if not lengths.between(1, MAX_K).all():
            raise BadInput.of("k", found=sorted(lengths)[0], expected=f"1..{MAX_K}", where="the request")
        asked = self._asked(requests)
        parts = []
        for start in range(0, len(asked), PEOPLE_PER_BLOCK):
            span = slice(start, start + PEOPLE_PER_BLOCK)
            asked_lengths = lengths.iloc[span].to_numpy(np.int64)
            block = asked.iloc[span].assign(user_id=np.arange(len(asked_lengths)))
            lists = recommend_block(block, self.recommender, int(asked_lengths.max()))
            lists = lists[lists["rank"].to_numpy() <= asked_lengths[lists["user_id"].to_numpy(np.int64)]]
            parts.append(lists.assign(user_id=asked["user_id"].to_numpy()[start + lists["user_id"].to_numpy(np.int64)]))
        whole = pd.concat(parts) if parts else pd.DataFrame(columns=[name for name, *_ in OUTPUTS])
        whole = whole[[name for name, *_ in OUTPUTS]].reset_index(drop=True)
        return whole.astype({"rank": "int64", "score": "float64"})

    def _asked(self, requests: pd.DataFrame) -> pd.DataFrame:
        """The row of people per request, None where nothing is known, with the history that the request carries."""
        carried = self.people.set_index("user_id").reindex(requests["user_id"].to_numpy()).reset_index()
        asked = carried.astype(object).where(carried.notna(), None)
        if "history" in requests.columns:
            for row, history in enumerate(requests["history"]):
                if isinstance(history, (list, tuple, np.ndarray)):
                    asked.at[row, "items"] = self._indexes(history)
                    asked.at[row, "weights"] = np.ones(len(asked.at[row, "items"]), np.float32)
        return asked

    def _indexes(self, item_ids) -> np.ndarray:
        """Item ids -> item indexes, each once, in order; ids that are not in the catalogue are passed over."""
        asked = list(dict.fromkeys(str(item) for item in item_ids))
        place = self.recommender.catalogue.columns_of(asked)
        return self.recommender.catalogue.index_of_column[place[place >= 0]]

    def save(self, folder: str | Path) -> Path:
        """Write recommender.pkl and people.parquet into `folder`; returns it."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "recommender.pkl").write_bytes(pickle.dumps(self.recommender, protocol=5))
        self.people.to_parquet(folder / "people.parquet", index=False)
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> "Ranker":
        """The ranker that `save` wrote."""
        folder = Path(folder)
        return cls(pickle.loads((folder / "recommender.pkl").read_bytes()), pd.read_parquet(folder / "people.parquet"))
