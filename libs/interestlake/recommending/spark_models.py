"""The phases over a lake whose pairs pass one machine's bound: models that Spark fits, a fusion learned on a sample."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from logging import Logger

import numpy as np
import pandas as pd
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.params.all import Params
from ..core.present import present
from ..evaluation.arrays import mean_list_ndcg
from ..interactions.pace_of_tables import in_sequence_of
from ..interactions.pairs import Pairs
from ..interactions.side_information import SideInformation
from ..models.costs import BY_ITEMS
from ..models.fitted import Fitted
from ..models.nearest import PEOPLE
from ..models.registry import BY_NAME, MODELS
from .blocks import Catalogue, blocks
from .choose import FUSION_PEOPLE, Choice, Chosen
from .codes import codes_of
from .fit_fusion import fit_fusion
from .fit_tables import fit_tables, user_counts
from .fusion import WEIGHTS, Fusion
from .guard import Guard
from .histories import held_out
from .kept import kept_choice
from .lake_models import within
from .named_facts import NamedFacts
from .objected import columns_of_indexes
from .pool import Pool, joined
from .recommender import ItemInterests, Recommender
from .scoring import Scoring


@dataclass
class SparkModels:
    """What every phase shares. pairs: interactions with ids, cached; side: texts and facts of the items.

    user_ids: the people that `choose` collected, as its pool numbers them; nobody before, or where a choice was kept.
    """

    scoring: Scoring
    pairs: DataFrame
    catalogue: Catalogue
    side: SideInformation
    interests: ItemInterests
    guard: Guard | None
    params: Params
    seed: int
    log: Logger
    named_facts: NamedFacts | None = None
    user_ids: np.ndarray = field(default_factory=lambda: np.empty(0, object))

    def choose(self, prior: Mapping | None) -> Choice:
        """Models at fixed parameters, fitted on train; the fusion learned from a seeded sample of validation people.

        At most choose.FUSION_PEOPLE people are collected, each with its history. prior: as in LakeModels.
        """
        fitted = self._fitted(self.pairs.where("split = 'train'"))
        if prior and self.params.tune.minutes == 0 and not self.params.tune.quick:
            choice = kept_choice(prior, _no_pairs(self.catalogue), self.side)
            models = [chosen for chosen in choice.models if chosen.model.name in fitted]
            return replace(choice, models=models, fusion=choice.fusion.over(list(fitted)))
        names = list(fitted)
        even = Fusion(tuple(names), WEIGHTS, np.full(len(names), 1 / len(names)))
        people = self._validating().toPandas()
        self.user_ids = people["user_id"].to_numpy(object)
        pool, relevant = _pool(people, self._recommender(fitted, even, "split = 'train'"))
        k, tune = self.params.promote.k, self.params.tune
        fusion = fit_fusion([pool], [relevant], names, k, self.seed, tune.variety)
        models, left_out = [], self._left_out(names)
        for place, name in enumerate(names):
            value = math.nan
            if len(relevant):
                value = mean_list_ndcg(_own_lists(pool, place, k), relevant)
            models.append(Chosen(BY_NAME[name], {}, value, 1))
            self.log.info("  %-14s validation nDCG@%d %.4f of %d people", name, k, value, len(relevant))
        return Choice(models, fusion.over(fusion.speaking), left_out, pools=[pool], relevant=[relevant])

    def for_test(self, choice: Choice) -> Recommender:
        """Fitted on train and validation by Spark."""
        return self._phase(choice, "split != 'test'")

    def for_release(self, choice: Choice) -> Recommender:
        """Fitted on every pair by Spark; of the models, those that can change a list."""
        return self._phase(choice, "true").fused_alone()

    def release(self, choice: Choice) -> tuple[Recommender, None]:
        """`for_release`; no fit of Spark's leaves what another one goes on from."""
        return self.for_release(choice), None

    def _phase(self, choice: Choice, condition: str) -> Recommender:
        fitted = self._fitted(self.pairs.where(condition))
        fitted = {name: fitted[name] for name in choice.names if name in fitted}
        made = self._recommender(fitted, choice.fusion.over(list(fitted)), condition)
        return within(made, self.params.recommend.max_item_gigabytes, self.log)

    def _fitted(self, pairs: DataFrame) -> dict[str, Fitted]:
        fitted = fit_tables(
            pairs,
            self.scoring.tables["silver.items"],
            self.catalogue,
            self.params,
            self.seed,
            self.scoring.partitions,
            self.log,
        )
        nothing = _no_pairs(self.catalogue)
        for name in BY_ITEMS:
            model = BY_NAME[name]
            if not model.missing(nothing, self.side):
                fitted[name] = model.fit(nothing, self.side, present(model.quick), self.seed)
        recommend = self.params.recommend
        named = {*recommend.models, "popularity"} if recommend.models else set(fitted)
        return {
            name: one for name, one in fitted.items()
            if name in named and (name == "popularity" or BY_NAME[name].granularity in recommend.granularities)
        }  # fmt: skip

    def _left_out(self, names: list[str]) -> dict[str, str]:
        why = f"Spark has no way to fit it, and the pairs pass recommend.max_pairs={self.params.recommend.max_pairs}"
        return {model.name: why for model in MODELS if model.name not in names and not model.when_named}

    def _recommender(self, fitted: dict[str, Fitted], fusion: Fusion, condition: str) -> Recommender:
        counts = user_counts(self.pairs.where(condition).where("weight > 0"), self.catalogue)
        made = Recommender(
            self.catalogue,
            counts,
            fitted,
            fusion,
            codes_of(fitted, self.in_sequence),
            {name: BY_NAME[name].granularity for name in fitted},
            self.interests,
            named_facts=self.named_facts,
            guard=self.guard,
            diversity=0.0,
        )
        return made.indexed(lambda one: one.batch(self._sample(condition)), self.seed, self.log)

    def _sample(self, condition: str) -> pd.DataFrame:
        """At most nearest.PEOPLE people with their histories."""
        pairs, users = self.scoring.pairs.where(condition), self.scoring.users
        draw = F.xxhash64(F.lit(self.seed), F.col("user_index"))
        drawn = pairs.select("user_index").distinct().orderBy(draw, "user_index").limit(PEOPLE)
        people = self.scoring.people(users.join(drawn, "user_index"), pairs)().orderBy("user_index").toPandas()
        return people.astype(object).where(people.notna(), None)

    @cached_property
    def in_sequence(self) -> bool:
        """See `pace.in_sequence`; one Spark job."""
        return in_sequence_of(self.scoring.tables["silver.interactions"])

    def _validating(self) -> DataFrame:
        pairs, users = self.scoring.pairs, self.scoring.users
        train = pairs.where("split = 'train'")
        asked = held_out(pairs.where("split = 'validation'")).join(train.select("user_index").distinct(), "user_index")
        draw = F.xxhash64(F.lit(self.seed), F.col("user_index"))
        sample = asked.orderBy(draw, "user_index").limit(FUSION_PEOPLE)
        return self.scoring.people(users.join(sample, "user_index"), train)().orderBy("user_index")


def _pool(people: pd.DataFrame, recommender: Recommender):
    """Rows of people with relevant array<int> -> their pool, and the columns that each held out."""
    frame = people.astype(object).where(people.notna(), None)
    relevant = [columns_of_indexes(row, recommender.catalogue) for row in frame["relevant"]]
    parts = [recommender.pool(block) for block in blocks(iter([frame]), recommender.cells)]
    pool = joined(parts) if parts else recommender.pool(frame)
    return replace(pool, people=np.arange(len(frame))), relevant


def _own_lists(pool: Pool, place: int, k: int) -> np.ndarray:
    """(n, k) columns of one model's own lists, -1 = none."""
    lists = np.full((len(pool.people), k), -1, np.int32)
    rows = np.flatnonzero(pool.places[:, place] <= k)
    lists[pool.owner[rows], pool.places[rows, place] - 1] = pool.columns[rows]
    return lists


def _no_pairs(catalogue: Catalogue) -> Pairs:
    nothing = pd.DataFrame({"user_id": [], "item_id": [], "weight": [], "time": []})
    return Pairs.of(nothing, np.array(["nobody"], object), catalogue.item_ids, False)
