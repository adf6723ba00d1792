"""`interestlake.Recommender`: fit, recommend, similar_items, explain, save, load."""

import logging
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from ...core.errors import BadInput
from ...core.progress import PROGRESS
from ...interactions.cuts import cuts_of
from ...interactions.side_information import build_side
from ...models.registry import expect_models
from ..budget import plan_search
from ..choose import Settings, choose, fit_all
from ..kept import plain
from ..personal import why_listed
from ..pool import gather
from ..rerank import list_pool
from .lists import asked_items, asked_users, seen_of, similar
from .read import is_spark, read_frames
from .settings import checked
from .state import State, of_fit
from .stored import load_state, save_state

LOG = logging.getLogger("interestlake")
MOST = 1_000  # items of a list
SETTINGS = ("models", "quick", "minutes", "budget", "k", "seed", "variety")  # which are saved
NAMED_IN = "Recommender(models=...)"
UNKNOWN = ("popular", "skip", "raise")


class Recommender:
    """Every model of the registry that the pairs allow, searched on a part of them and fused, as `interestlake
    benchmark` does with the same pairs and seed: the same lists.

    models: only these and popularity. quick: fixed parameters and no trained models, a first look. minutes: plan the
    search for so long; budget: at most so many fits a model. k: length that the search is judged at. variety: share of
    the validation nDCG that may be given for less popular items. max_gigabytes: leave models out that would hold more,
    and refuse Spark frames that would take more here.
    """

    def __init__(
        self,
        models: Sequence[str] | None = None,
        *,
        quick: bool = False,
        minutes: float | None = None,
        budget: int | None = None,
        k: int = 10,
        seed: int = 42,
        variety: float = 0.01,
        max_gigabytes: float = float("inf"),
    ):
        given = checked({"models": models, "quick": quick, "minutes": minutes, "budget": budget, "k": k, "seed": seed,
                         "variety": variety, "max_gigabytes": max_gigabytes})  # fmt: skip
        self.models, self.quick, self.minutes, self.budget = (given[name] for name in SETTINGS[:4])
        self.k, self.seed, self.variety, self.max_gigabytes = (given[name] for name in (*SETTINGS[4:], "max_gigabytes"))
        self._state: State | None = None
        self._spark = None

    def fit(
        self, pairs: Any, *, validation: Any = None, items: Any = None, friends: Any = None, facts: Any = None
    ) -> "Recommender":
        """pairs(user_id, item_id[, weight][, timestamp]) and, as far as there are, the frames of `read_frames` -> self.

        Parameters and fusion come from `validation` or, where there is none, from a part that is cut from the pairs;
        then everything is fitted on all of them. Ids are of any type that has a text of its own, of one type in all
        frames; a whole number is one id as an integer, a float and a decimal. Raises BadInput.
        """
        if self.models is not None:
            expect_models(self.models, NAMED_IN)
        with PROGRESS.reported(), PROGRESS.doing("fit"):
            self._state = self._fit(pairs, {"validation": validation, "items": items, "friends": friends,
                                            "facts": facts})  # fmt: skip
        self._spark = pairs.sparkSession if is_spark(pairs) else None
        return self

    def _fit(self, pairs: Any, more: dict) -> State:
        with PROGRESS.doing("reading the frames"):
            read = read_frames(pairs, **more, most=self.max_gigabytes)
        with PROGRESS.doing("encoding texts and facts"):
            inputs, side = read.inputs, build_side(read.inputs, self.seed, LOG)
        cuts = cuts_of(inputs.train, inputs.validation, "ranking", self.seed, LOG)
        plan = plan_search(cuts[0][0], side, self.models, self.budget, self.minutes, self.max_gigabytes,
                           "Recommender(max_gigabytes=...)", quick=self.quick,
                           named_in=NAMED_IN)  # fmt: skip
        choice = choose(cuts, side, plan, Settings(self.k, self.seed, self.variety), LOG)
        known = cuts[0][0].plus(cuts[0][1])
        fusion, fitted = fit_all(choice, known, side, self.seed, LOG)
        return of_fit(read, known, side, fusion, fitted, plain(choice))

    def recommend(self, users: Any = None, k: int = 10, *, filter_seen: bool = True, unknown: str = "popular") -> Any:
        """-> (user_id, item_id, rank from 1, score), best first, at most k rows a person, in the order of `users`.

        users: ids, a frame with user_id, or None for everybody; a Spark frame gives one. filter_seen: without the items
        of the person's pairs. unknown: what people without a pair get: "popular" = the list of somebody without a
        history, "skip", "raise"; the log names them.
        """
        state = self._fitted()
        self._expect_length(k)
        if unknown not in UNKNOWN:
            raise BadInput.of("unknown", found=repr(unknown), expected=f"one of {', '.join(UNKNOWN)}",
                              where="recommend(unknown=...)")  # fmt: skip
        ids, places, spark = asked_users(users, state, self._spark, unknown, self.max_gigabytes)
        people = np.unique(places)
        pool = gather(state.models, state.known, people, state.friends, seen_too=not filter_seen)
        columns, scores = list_pool(pool, state.fusion.scores(pool), k)
        rows = np.searchsorted(people, places)
        asker, place = np.nonzero(columns[rows] >= 0)
        listed = columns[rows][asker, place]
        frame = pd.DataFrame({
            "user_id": ids.iloc[asker].reset_index(drop=True), "item_id": state.items.at(listed),
            "rank": place + 1, "score": scores[rows][asker, place],
        })  # fmt: skip
        return frame if spark is None else spark.createDataFrame(frame)

    def similar_items(self, items: Any, k: int = 10, *, by: str = "choices") -> Any:
        """-> (item_id, similar_id, rank, score): the k items nearest to each, ties to the smaller id.

        by: "choices" = cosine of the sets of people who chose them; "texts" = cosine of their texts' vectors, where the
        fit was given texts. Items that nothing is like have no rows. Raises BadInput for items that there are not.
        """
        state = self._fitted()
        self._expect_length(k)
        ids, places, spark = asked_items(items, state, self._spark, self.max_gigabytes)
        asker, columns, ranks, scores = similar(state, places, k, by)
        frame = pd.DataFrame({
            "item_id": ids.iloc[asker].reset_index(drop=True), "similar_id": state.items.at(columns), "rank": ranks,
            "score": scores,
        })  # fmt: skip
        return frame if spark is None else spark.createDataFrame(frame)

    def explain(self, user: Any, item: Any) -> dict:
        """Why an item has its place for a person -> user_id, item_id, score, rank among all candidates (None where no
        model proposes it), sources {model: share of the score}, evidence [items of the history, strongest first],
        reason (a sentence), seen (whether the person has it already).

        Raises BadInput for a person or an item that there is not.
        """
        state = self._fitted()
        [column] = asked_items([item], state, None, where="explain(item=...)")[1]
        [person] = asked_users([user], state, None, "raise", where="explain(user=...)")[1]
        seen = bool(column in seen_of(state, person))
        pool = gather(state.models, state.known, np.array([person]), state.friends, seen_too=seen)
        answer = {"user_id": user, "item_id": item, "score": 0.0, "rank": None, "sources": {}, "evidence": [],
                "reason": "No model proposes it.", "seen": seen}  # fmt: skip
        if column not in pool.columns:
            return answer
        scores = state.fusion.scores(pool)
        at = int(np.searchsorted(pool.columns, column))
        better = (scores > scores[at]) | ((scores == scores[at]) & (pool.columns < column))
        batch = state.known.batch(np.array([person]), state.friends, state.vectors)
        nothing_held = SimpleNamespace(items=None, weights=None, interests=None, shares=None)
        shares, evidence, reason = why_listed(batch, pool, 0, nothing_held, int(column), state.explaining)
        return answer | {"score": float(scores[at]), "rank": int(better.sum()) + 1, "sources": shares,
                         "evidence": state.items.at(evidence.columns).tolist(), "reason": reason}  # fmt: skip

    @property
    def chosen(self) -> dict:
        """What the search chose: parameters and validation nDCG of every model, weights, and what was left out."""
        return self._fitted().chosen

    def save(self, folder: str | Path) -> Path:
        """Write the models, ids and pairs into `folder`: JSON, Parquet and numpy arrays, nothing that is run when it is
        read. Raises BadInput for a model, or ids, that cannot be kept so."""
        return save_state(self._fitted(), {name: getattr(self, name) for name in SETTINGS}, Path(folder))

    @classmethod
    def load(cls, folder: str | Path) -> "Recommender":
        """What `save` wrote. Raises BadInput where there is none, or another version's."""
        state, settings = load_state(Path(folder))
        try:
            made = cls(**settings)
        except TypeError as fault:
            raise BadInput.of(f"folder {folder}", found=str(fault), expected="the settings that save wrote",
                              where="load(folder)") from fault  # fmt: skip
        made._state = state
        return made

    def _fitted(self) -> State:
        if self._state is None:
            raise BadInput.of("recommender", found="nothing fitted", expected="fit(pairs) or load(folder) before",
                              where="Recommender")  # fmt: skip
        return self._state

    def _expect_length(self, k: int) -> None:
        if isinstance(k, bool) or not isinstance(k, int | np.integer) or not 1 <= k <= MOST:
            raise BadInput.of("k", found=k, expected=f"a whole number, 1..{MOST}", where="k=...")
