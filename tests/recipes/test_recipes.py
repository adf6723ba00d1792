"""Every recipe on a generated world of its shape: weights by an oracle, rails broken without it and kept with it."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from bench.recipes.rails import violations
from bench.recipes.worlds import SHAPES, make_world
from pyspark.sql import functions as F

from interestlake.core.config import load_params
from interestlake.core.errors import BadInput
from interestlake.core.params.all import Guard
from interestlake.interactions.split import split_pairs
from interestlake.interactions.weigh import BASE_WEIGHTS, chosen_pairs, weigh_pairs
from interestlake.interests.hidden import without_hidden
from interestlake.models.fitted import Fitted
from interestlake.models.item_matrix import Ease, ease_weights
from interestlake.models.popularity import Popularity
from interestlake.recommending.blocks import Catalogue
from interestlake.recommending.budget import plan_search
from interestlake.recommending.fusion import Fusion
from interestlake.recommending.gather_guard import gather_guard
from interestlake.recommending.personal import recommend_block
from interestlake.recommending.recommender import ItemInterests, Recommender

from ..recommending.frames import lake_models

ROOT = Path(__file__).resolve().parents[2]
EVENT = (
    "event_id string, user_id string, item_id string, event_type string, value double, text string, "
    "event_ts timestamp, source string, file string, line bigint"
)
# the rail that the recipe is about; how much of a plain list breaks it is what the world was made for
RAILS = {
    "shop": {"must_not", "max_per_category"},
    "video": {"must_not", "max_per_category"},
    "music": {"must_not", "max_per_category"},
    "news": {"must_not", "max_per_category"},
    "social": {"must_not", "min_people", "max_per_category"},
    "education": {"needs"},
    "travel": {"must_not", "max_per_category"},
    "health": {"must_not", "min_people"},
}


class Run:
    """One recipe over its world: .params, .world, .pairs (pandas, weighed under the recipe), lists()."""

    def __init__(self, spark, name):
        self.params, self.world = load_params(str(ROOT / "conf"), recipe=name), make_world(name)
        rows = [
            (f"e{n}", user, item, kind, value, text, at, "t", "f", n)
            for n, (user, item, kind, value, at, text) in enumerate(self.world.events, 1)
        ]
        events = spark.createDataFrame(rows, EVENT.replace("timestamp", "bigint"))
        events = events.withColumn("event_ts", F.timestamp_seconds("event_ts"))
        weigh = self.params.prepare
        chosen = events.transform(chosen_pairs(weigh.event_weights)).transform(split_pairs("hash", 0, 0, 1))
        self.frame = chosen.transform(
            weigh_pairs(weigh.half_life_days, weigh.min_rating, weigh.event_weights, weigh.half_lives)
        ).persist()
        self.pairs = self.frame.toPandas()
        self.known = self.pairs.groupby("user_id")["item_id"].apply(list).to_dict()
        people = self.pairs.groupby("item_id").size()
        items = [
            (item, i, title, None, categories, int(people.get(item, 0)), attributes)
            for i, (item, title, categories, attributes) in enumerate(self.world.items)
        ]
        frame = spark.createDataFrame(
            items,
            "item_id string, item_index int, title string, description string, "
            "categories array<string>, user_count int, attributes map<string,string>",
        )
        facts = [(s, p, o, s.removeprefix("item/")) for s, p, o in self.world.facts]
        self.tables = {
            "silver.items": frame.drop("attributes"),
            "bronze.items": frame.select("item_id", "attributes"),
            "silver.interactions": self.frame,
            "silver.facts": spark.createDataFrame(
                facts, "subject string, predicate string, object string, subject_item_id string"
            ),
        }
        self.catalogue = Catalogue.of(
            pd.DataFrame(items, columns=list("abcdefg")).rename(
                columns={"a": "item_id", "b": "item_index", "c": "title"}
            )
        )
        self.user_counts = np.array([float(people.get(item, 0)) for item in self.catalogue.item_ids], np.float32)
        self.guard = gather_guard(self.params.guard, self.tables.__getitem__, self.catalogue, 4.0)

    def lists(self, guard, length=10):
        count, block = self.catalogue.item_count, []
        matrix = sp.lil_matrix((len(self.known), count), dtype=np.float32)
        for row, (user, items) in enumerate(sorted(self.known.items())):
            columns = self.catalogue.columns_of(items)
            matrix[row, columns] = 1
            block.append((user, columns, np.ones(len(columns), np.float32), None, None, None, None))
        gram = (matrix.T @ matrix).toarray().astype(np.float64)
        scorers = (
            Popularity("popularity", self.user_counts),
            Ease("ease", np.arange(count), ease_weights(gram, 5.0), count),
        )
        nothing = ItemInterests(sp.csr_matrix((count, 0), dtype=np.float32), np.empty(0, object), np.empty(0, object))
        fitted = {scorer.name: Fitted(scorer) for scorer in scorers}
        fusion = Fusion(("popularity", "ease"), "weights", np.array([0.4, 0.6]))
        reasons = {"popularity": "popular", "ease": "together"}
        models = Recommender(self.catalogue, self.user_counts, fitted, fusion, reasons, {}, nothing, guard=guard)
        frame = pd.DataFrame(
            block, columns=["user_id", "items", "weights", "friend_items", "friend_weights", "interests", "shares"]
        )
        return recommend_block(frame, models, length)


@pytest.fixture(scope="module", params=sorted(SHAPES))
def run(spark, request):
    made = Run(spark, request.param)
    made.name = request.param
    yield made
    made.frame.unpersist()


def test_weights_are_those_of_the_recipe(run):
    prepare, newest = run.params.prepare, max(event[4] for event in run.world.events)

    def expected(base, half_life_of):
        sums, largest = defaultdict(float), defaultdict(float)
        for user, item, kind, _, at, _ in run.world.events:
            age = (newest - at) / 86_400
            sums[user, item] += base[kind] * (2 ** (-age / half_life_of(kind)) if half_life_of(kind) else 1)
        for (user, _), value in sums.items():
            largest[user] = max(largest[user], value)
        return {pair: max(value / largest[pair[0]], 1e-6) for pair, value in sums.items()}

    found = {(row.user_id, row.item_id): row.weight for row in run.pairs.itertuples()}
    by_recipe = {**BASE_WEIGHTS, **prepare.event_weights}
    wanted = expected(by_recipe, lambda kind: prepare.half_lives.get(kind, prepare.half_life_days))
    assert found == pytest.approx(wanted, abs=1e-9)
    assert found != pytest.approx(expected(BASE_WEIGHTS, lambda kind: 0), abs=0.01)  # what no recipe would give


def test_rails_are_broken_without_the_recipe_and_kept_with_it(run):
    def broken(lists):
        by_user = lists.groupby("user_id")["item_id"].apply(list).to_dict()
        return violations(run.world, run.params.guard, by_user, run.known)

    whole = run.catalogue.item_count  # to the very end of each list
    without, kept = broken(run.lists(None, whole)), run.lists(run.guard, whole)
    assert all(without[rail] > 0 for rail in RAILS[run.name]), without
    assert not +broken(kept)
    lengths = kept.groupby("user_id").size().reindex(sorted(run.known), fill_value=0)
    assert (lengths >= 3).mean() >= 0.9  # rails leave something to show


def test_hidden_words_reach_no_interest_evidence_or_reason(spark, run):
    words = run.params.guard.hidden_words
    kept = run.lists(run.guard)
    hidden = {item for item, title, *_ in run.world.items if any(word in title for word in SHAPES[run.name].titles)}
    titles = {title for item, title, *_ in run.world.items if item in hidden}
    assert not hidden & {item for row in kept["evidence"] for item in row}
    assert not [reason for reason in kept["reason"] if any(title in reason for title in titles)]
    if not (words and hidden):
        return
    plain = run.lists(None)
    assert hidden & {item for row in plain["evidence"] for item in row}
    assert any(title in reason for reason in plain["reason"] for title in titles)
    candidates = spark.createDataFrame(
        [(item, "category", "fine", 1.0) for item in sorted(hidden)[:2]]
        + [
            ("item001", kind, name, 1.0)
            for kind, name in (("tag", "Alcohol-free church"), ("tag", "chess"), ("topic", "0"), ("topic", "1"))
        ],
        "item_id string, kind string, name string, score double",
    )
    named = [(0, "pregnancy, week, test"), (1, "bread, oven, flour")]
    topics = spark.createDataFrame(named, "topic_id int, name string")
    left = candidates.transform(without_hidden(words, run.tables["silver.items"], topics)).collect()
    assert {(row["kind"], row["name"]) for row in left} == {("tag", "chess"), ("topic", "1")}


@pytest.mark.parametrize(
    ("name", "heard", "silent"),
    [
        ("health", {"text", "popularity", "ease", "fact_knn"}, {"social", "transitions", "sequence_ease"}),
        ("social", {"social", "transitions"}, {"fact_knn", "facts"}),
        ("shop", {"transitions", "text"}, {"social"}),
        ("news", {"text"}, {"social"}),
    ],
)
def test_granularities_choose_the_models(name, heard, silent):
    """On data that has people's choices in order, friends, texts and facts."""
    models = lake_models()

    def planned(granularities):
        plan = plan_search(models.inputs.train, models.side, granularities=granularities, quick=True)
        assert all("recommend.granularities" in plan.left_out[name] for name in silent)
        return {model.name for model in plan.models}

    found = planned(load_params(str(ROOT / "conf"), recipe=name).recommend.granularities)
    assert heard <= found and not silent & found
    assert planned(("text",)) == {"popularity", "text", "content", "appeal", "content_evidence", "content_ease"}


def test_no_rail_is_no_guard():
    assert gather_guard(Guard(), None, None, 4.0) is None
    assert load_params(str(ROOT / "conf"), recipe="support").guard == Guard()


def test_every_recipe_loads_and_set_wins_over_it():
    names = sorted(path.stem for path in (ROOT / "conf" / "recipes").glob("*.yml"))
    assert set(SHAPES) | {"support", "finance"} == set(names)
    for name in names:
        load_params(str(ROOT / "conf"), recipe=name)
    params = load_params(str(ROOT / "conf"), {"guard.max_age_days": 3}, "news")
    assert (params.guard.max_age_days, params.prepare.half_life_days, params.als.rank) == (3.0, 2.0, 32)


def test_every_fault_of_a_recipe_is_named_at_once(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text(
        "about: x\nprepare: {event_weights: {click: 1.0}, half_lives: {view: -1}, nonsense: 1}\n"
        "recommend: {granularities: [magic]}\nguard: {blocked_attributes: [stock], hidden_words: word}\n"
        "nowhere: {a: 1}\nals: 3\n"
    )
    with pytest.raises(BadInput) as caught:
        load_params(None, {}, str(path))
    message = str(caught.value)
    assert "8 faults" in message and str(path) in message
    for part in ("'click'", "got -1", "nonsense", "magic", "['stock']", "list of texts", "nowhere", "als ("):
        assert part in message, part
    with pytest.raises(BadInput, match="one of education, finance.*--recipe"):
        load_params(str(ROOT / "conf"), {}, "circus")
