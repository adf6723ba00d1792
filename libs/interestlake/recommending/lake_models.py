"""The phases over a lake whose pairs fit one machine: choose on validation, fit for the test, fit for the release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from logging import Logger

import numpy as np
import pandas as pd

from ..core.errors import BadInput
from ..core.params.all import Params
from ..core.present import present
from ..interactions.batch import UserBatch
from ..interactions.cuts import Cut, cuts_of
from ..interactions.inputs import Inputs, place_of
from ..interactions.lake_inputs import LakeFrames
from ..interactions.pace import in_sequence
from ..interactions.pairs import Pairs, pair_keys
from ..interactions.side_information import SideInformation, build_side, likeness_vectors
from ..models.fitted import Fitted
from ..models.nearest import PEOPLE
from ..models.start import Start
from .blocks import Catalogue
from .budget import plan_search
from .choose import NOWHERE, Choice, Settings, choose, fit_all
from .codes import codes_of
from .guard import Guard
from .kept import kept_choice
from .left import NO_CODE, Left, taken_from
from .named_facts import NamedFacts
from .pool import ordered, people_per_item
from .recommender import ItemInterests, Recommender
from .supported import chosen_by_several

WHERE = "recommend.max_fit_gigabytes"


@dataclass(frozen=True)
class LakeModels:
    """What every phase shares: the frames, the catalogue, texts and facts of the items, interests, rails, parameters.

    user_index: user_id -> user_index of silver.users.
    """

    frames: LakeFrames
    catalogue: Catalogue
    inputs: Inputs
    side: SideInformation
    interests: ItemInterests
    guard: Guard | None
    user_index: Mapping[str, int]
    params: Params
    seed: int
    log: Logger
    named_facts: NamedFacts | None = None

    @classmethod
    def of(
        cls,
        frames: LakeFrames,
        catalogue: Catalogue,
        vectors: np.ndarray,
        interests: ItemInterests,
        guard: Guard | None,
        users: pd.DataFrame,
        params: Params,
        seed: int,
        log: Logger,
        named_facts: NamedFacts | None = None,
    ) -> "LakeModels":
        """vectors: (I, d) of the items' texts; users(user_id, user_index)."""
        inputs = frames.split()
        side = build_side(inputs, seed, log, vectors)
        index = dict(zip(users["user_id"], users["user_index"].astype(int), strict=True))
        return cls(frames, catalogue, inputs, side, interests, guard, index, params, seed, log, named_facts)

    @property
    def user_ids(self) -> np.ndarray:
        """(U,) people of the choosing and the test phase."""
        return self.inputs.train.user_ids

    @property
    def known(self) -> Pairs:
        """Train and validation together: what the test phase is fitted on."""
        train, validation = self.inputs.train, self.inputs.validation
        return train if validation is None else train.plus(validation)

    def choose(self, prior: Mapping | None) -> Choice:
        """prior: of kept.plain, what an earlier run chose; taken as it is where tune.minutes is 0, else begun from."""
        tune, recommend = self.params.tune, self.params.recommend
        if prior and tune.minutes == 0 and not tune.quick:
            return kept_choice(prior, self.known, self.side)
        quick = tune.quick or tune.minutes == 0
        cuts, settings = self._cuts(), Settings(self.params.promote.k, self.seed, tune.variety)
        plan = plan_search(
            cuts[0][0],
            self.side,
            recommend.models or None,
            tune.budget or None,
            None if quick else tune.minutes,
            recommend.max_fit_gigabytes,
            WHERE,
            recommend.granularities,
            quick,
            {} if quick else _started_from(prior),
            "recommend.models",
            tune.processes,
        )
        return choose(cuts, self.side, plan, settings, self.log)

    def _cuts(self) -> Sequence[Cut]:
        train, validation = self.inputs.train, self.inputs.validation
        try:
            return cuts_of(train, validation, "ranking", self.seed, self.log)
        except BadInput:
            self.log.info("      nothing to validate on: every model at its first parameters, even weights")
            return ((train, train.rows(np.zeros(len(train), bool))),)

    def for_test(self, choice: Choice) -> Recommender:
        """Fitted on train and validation: no test pair has reached it. All models are in `fitted`, for their lists."""
        return self._recommender(choice, self.known, self.side)[0]

    def for_release(self, choice: Choice) -> Recommender:
        """Fitted on every pair; of the models, those that can change a list."""
        return self.release(choice)[0]

    def release(
        self, choice: Choice, left: Left | None = None, new: pd.DataFrame | None = None
    ) -> tuple[Recommender, Left]:
        """`for_release`, and what the next one can go on from -> (Recommender, Left).

        left: of the fits that these go on from; new(user_id, item_id): the pairs that those had not.
        """
        inputs = self.frames.whole()
        pairs, starts = inputs.train, {}
        if left is not None:
            came = present(new)
            users, items = place_of(pairs.user_ids, came["user_id"]), place_of(pairs.item_ids, came["item_id"])
            fresh = np.isin(pairs.keys, pair_keys(users, items, pairs.shape[1]))
            starts = left.starts(self._codes(pairs), pairs, fresh)
        made, kept = self._recommender(choice, pairs, self.side.befriended(inputs.friends), starts)
        return made.fused_alone(), kept

    def _codes(self, pairs: Pairs) -> np.ndarray:
        return np.array([self.user_index.get(user, NO_CODE) for user in pairs.user_ids], np.int64)

    def _recommender(
        self, choice: Choice, histories: Pairs, side: SideInformation, starts: Mapping[str, Start] = NOWHERE
    ) -> tuple[Recommender, Left]:
        fusion, fitted = fit_all(choice, histories, side, self.seed, self.log, starts)
        fitted, left = taken_from(fitted, self._codes(histories), histories.item_ids)
        place = np.full(max(self.user_index.values(), default=-1) + 1, -1, np.int64)
        met = [(self.user_index[user], row) for row, user in enumerate(histories.user_ids) if user in self.user_index]
        if met:
            indexes, rows = np.array(met).T
            place[indexes] = rows
        diversity = self.params.recommend.diversity
        alike = likeness_vectors(side, histories, self.seed) if diversity else None
        made = Recommender(
            self.catalogue,
            people_per_item(histories).astype(np.float32),
            fitted,
            fusion,
            codes_of(fitted, in_sequence(histories)),
            choice.granularity,
            self.interests,
            place,
            self.named_facts,
            self.guard,
            alike,
            diversity,
            chosen_by_several(histories),
        )
        made = within(made, self.params.recommend.max_item_gigabytes, self.log)

        def sample(one: Recommender) -> UserBatch:
            drawn = np.random.default_rng(self.seed).permutation(len(histories.user_ids))[:PEOPLE]
            vectors = {name: values for model in one.fitted.values() for name, values in model.vectors.items()}
            return histories.batch(np.sort(drawn), side.friends, vectors)

        return made.indexed(sample, self.seed, self.log), left


def within(recommender: Recommender, max_gigabytes: float, log: Logger) -> Recommender:
    """Without its largest models, one by one, until what an executor has to hold is at most `max_gigabytes`."""
    while recommender.nbytes / 2**30 > max_gigabytes and len(recommender.fitted) > 1:
        sizes = {name: _bytes(one) for name, one in recommender.fitted.items() if name != "popularity"}
        largest = max(sizes, key=lambda name: (sizes[name], name))
        log.warning("      %s left out of the lists: %.2f GB of %.2f, recommend.max_item_gigabytes=%g", largest,
                    sizes[largest] / 2**30, recommender.nbytes / 2**30, max_gigabytes)  # fmt: skip
        fitted = {name: one for name, one in recommender.fitted.items() if name != largest}
        recommender = replace(recommender, fitted=fitted, fusion=recommender.fusion.over(list(fitted)))
    return recommender


def _bytes(one: Fitted) -> int:
    return one.scorer.nbytes + (0 if one.user_vectors is None else one.user_vectors.nbytes)


def _started_from(prior: Mapping | None) -> Mapping[str, Mapping]:
    return {entry["name"]: entry["parameters"] for entry in prior["models"]} if prior else {}


def validation_lists(choice: Choice, user_ids: np.ndarray, item_ids: np.ndarray, length: int) -> pd.DataFrame:
    """The lists of the people that the fusion learned from, first cut -> (model, user_id, rank, item_id, score).

    At most choose.FUSION_PEOPLE people. Empty where the choice was kept from an earlier run.
    """
    names = ["model", "user_id", "rank", "item_id", "score"]
    if not choice.pools or not len(choice.pools[0].people):
        return pd.DataFrame({name: [] for name in names})
    pool, parts = choice.pools[0], []
    people = user_ids[pool.people]
    for place, chosen in enumerate(choice.models):
        rows = np.flatnonzero(pool.places[:, place] <= length)
        parts.append(pd.DataFrame({
            "model": chosen.model.name, "user_id": people[pool.owner[rows]], "rank": pool.places[rows, place],
            "item_id": item_ids[pool.columns[rows]], "score": pool.values[rows, place].astype(np.float64),
        }))  # fmt: skip
    fused = pool.of_models([choice.names.index(name) for name in choice.fusion.names])
    columns, scores = ordered(fused, choice.fusion.scores(fused), length)
    owner, rank = np.nonzero(columns >= 0)
    parts.append(pd.DataFrame({"model": "fused", "user_id": people[owner], "rank": rank + 1,
                               "item_id": item_ids[columns[owner, rank]], "score": scores[owner, rank]}))  # fmt: skip
    return pd.concat(parts, ignore_index=True).astype({"rank": "int32"})[names]
