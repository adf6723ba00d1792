"""The gate beside the present champion on the planted world: a handicapped run, an equal one, and new events."""

from dataclasses import replace

import mlflow
import numpy as np
import pandas as pd
import pytest
from pyspark.sql import functions as F

from interestlake.core.config import load_params
from interestlake.core.errors import GateRefused
from interestlake.core.lake import one_row
from interestlake.core.tracking import CHAMPION
from interestlake.stages.evaluate import EVALUATE
from interestlake.stages.promote import PROMOTE
from interestlake.stages.recommend import RECOMMEND

from .conftest import SMALL, promote_planted, run_stage
from .planted import GROUPS, ITEMS, PEOPLE, item_id, user_id

TABLE = "gold.against_champion"
ASKED = {**SMALL, "promote.better_than": ["popularity"], "promote.min_gain": -1}


def mark_recommended(context):
    """The row of ops.stages that the pipeline would have written."""
    versions = {name: context.lake.version(name) for name in ("silver.interactions", "models.lists")}
    row = {"run_id": context.options.run_id, "stage": "recommend", "seconds": 1.0, "rows": {}, "versions": versions,
           "metrics": {}}  # fmt: skip
    context.lake.write("ops.stages", one_row(context.spark, "ops.stages", row), f"{context.options.run_id}/recommend")


def run(context) -> None:
    for stage in (RECOMMEND, EVALUATE):
        run_stage(context, stage)


@pytest.fixture
def champion(copied):
    """A lake whose champion is the planted run; copied -> contexts on it."""
    first = copied("planted", ASKED)
    mark_recommended(first)
    promote_planted(first)
    assert first.lake.read(TABLE).count() == 0, "there was no champion to compare with"
    return copied


def test_a_worse_run_is_refused_though_it_beats_popularity_and_its_figures_stand(champion):
    worse = champion("worse", {**ASKED, "recommend.models": ["popularity"]})
    run(worse)
    row = worse.lake.read(TABLE).first()
    assert (row["champion_run"], row["people"], row["same_pairs"], row["why"]) == ("planted", PEOPLE, PEOPLE, "")
    rows = worse.lake.read("gold.metrics").where("split = 'test' AND segment = 'all' AND metric = 'ndcg' AND k = 10")
    fused = {r["run_id"]: r["value"] for r in rows.where("model = 'fused'").collect()}
    assert row["champion"] == pytest.approx(fused["planted"]) and row["challenger"] == pytest.approx(fused["worse"])
    assert row["high"] < 0
    before = worse.tracker.alias_version("interestlake.ranker", CHAMPION)
    with pytest.raises(GateRefused, match=r"champion's 0\.\d+ \(run planted\) on the same 36 people.*\(worse\)") as no:
        PROMOTE.run(worse)
    assert no.value.figures["high"] == row["high"]
    assert worse.tracker.alias_version("interestlake.ranker", CHAMPION) == before
    ignored = replace(worse, params=load_params(None, {**ASKED, "promote.champion": "ignore"}))
    PROMOTE.run(ignored)
    assert worse.tracker.run_of("interestlake.ranker", CHAMPION) == "worse"


@pytest.mark.commands
def test_an_equal_run_is_not_worse_and_not_better(champion):
    again = champion("again", ASKED)
    run(again)
    row = again.lake.read(TABLE).first()
    assert row["challenger"] == row["champion"] and (row["low"], row["high"]) == (0, 0)
    with pytest.raises(GateRefused, match="not shown to be better"):
        PROMOTE.run(replace(again, params=load_params(None, {**ASKED, "promote.champion": "better"})))
    assert PROMOTE.run(again)["beside_champion"] == 0


def with_new_choices(lake) -> dict[int, int]:
    """Every second person chooses one more item of their group, which is their only test pair now -> person: item."""
    pairs = lake.read("silver.interactions").toPandas()
    chosen, rows = {}, []
    for user in range(0, PEOPLE, 2):
        mine = set(pairs[pairs.user_index == user]["item_index"])
        chosen[user] = next(item for item in range(user % GROUPS, ITEMS, GROUPS) if item not in mine)
        rows.append((user_id(user), item_id(chosen[user]), user, chosen[user], 1.0, 1, 11, None, None, "test"))
    old = lake.read("silver.interactions")
    changed = F.when(F.col("user_index").isin(list(chosen)), "train").otherwise(F.col("split"))
    both = old.withColumn("split", changed).unionByName(lake.spark.createDataFrame(rows, old.schema))
    both.write.format("delta").mode("overwrite").save(lake.path("silver.interactions"))
    return chosen


@pytest.mark.commands
def test_new_choices_are_asked_of_the_champion_as_it_is_served(champion):
    later = champion("later", ASKED)
    chosen = with_new_choices(later.lake)
    mlflow.set_tracking_uri(later.tracker.uri)
    served = mlflow.pyfunc.load_model("models:/interestlake.ranker@champion")
    lists = served.predict(pd.DataFrame({"user_id": [user_id(user) for user in chosen], "k": [10] * len(chosen)}))
    rank = {(row.user_id, row.item_id): row.rank for row in lists.itertuples()}
    places = [rank.get((user_id(user), item_id(item))) for user, item in chosen.items()]
    new = [0 if place is None else 1 / np.log2(place + 1) for place in places]
    run(later)
    row = later.lake.read(TABLE).first()
    assert (row["people"], row["same_pairs"], row["why"]) == (PEOPLE, PEOPLE - len(chosen), "")
    first = later.lake.read("models.lists", 0).where("split = 'test' AND model = 'fused'").toPandas()
    pairs = later.lake.read("silver.interactions", 0).where("split = 'test'").toPandas()
    old = []
    for user in set(range(PEOPLE)) - set(chosen):
        held_out = set(pairs[pairs.user_index == user]["item_id"])
        mine = first[(first.user_id == user_id(user)) & (first["rank"] <= 10)]
        gained = sum(1 / np.log2(r.rank + 1) for r in mine.itertuples() if r.item_id in held_out)
        old.append(gained / sum(1 / np.log2(n + 2) for n in range(len(held_out))))
    assert row["champion"] == pytest.approx(np.mean(old + new))


@pytest.mark.parametrize(("champion_run", "why"), [("planted", "no longer there"), ("elsewhere", "no stage recommend")])
@pytest.mark.commands
def test_what_cannot_be_compared_is_said_and_does_not_hold_back(champion, champion_run, why):
    later = champion("later", ASKED)
    if champion_run == "planted":
        later.spark.conf.set("spark.databricks.delta.retentionDurationCheck.enabled", "false")
        rows = later.lake.read("models.lists")
        rows.limit(1).write.format("delta").mode("overwrite").save(later.lake.path("models.lists"))
        later.lake.vacuum("models.lists", 0)
    else:
        client = later.tracker.client
        version = later.tracker.alias_version("interestlake.ranker", CHAMPION)
        client.set_model_version_tag("interestlake.ranker", version, "interestlake.run_id", champion_run)
    run(later)
    row = later.lake.read(TABLE).first()
    assert why in row["why"] and row["challenger"] is None
    assert "beside_champion" not in PROMOTE.run(later)
