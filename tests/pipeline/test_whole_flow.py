"""What a finished run leaves: every table by its contract, planted truth found again, lists that hold what they say."""

import pytest
from pyspark.sql import functions as F
from sklearn.metrics import adjusted_rand_score

from interestlake.core.pipeline import run_stages
from interestlake.core.schemas.all import ALL
from interestlake.recommending.explaining.replay import sentences
from interestlake.stages.order import STAGES

from ..stage_tables import WRITTEN

# labels are kept only where a source has enough rated texts of its own to train on; a generated world is no file of
# anybody's; a first run finds no champion
EMPTY = ("silver.sentiment_labels", "ops.files", "gold.against_champion")


def test_every_table_is_there_with_unique_keys(world):
    for name, table in ((name, ALL[name]) for name in WRITTEN):
        rows = world.lake.read(name)
        assert rows.columns == list(table.column_names), name
        total, distinct = rows.count(), rows.select(*table.key).distinct().count()
        assert total == distinct, name
        assert total > 0 or name in EMPTY, name


def test_every_stage_reads_and_writes_what_it_declares(world):
    marks = {row["stage"]: row for row in world.lake.read("ops.stages").collect()}
    assert list(marks) and set(marks) == {stage.name for stage in STAGES}
    for stage in STAGES:
        assert set(marks[stage.name]["rows"]) == set(stage.writes), stage.name
        touched = set(marks[stage.name]["versions"])
        assert touched <= set(stage.reads) | set(stage.writes), stage.name


def test_the_same_run_id_changes_nothing(spark, world):
    before = {name: world.lake.version(name) for name in WRITTEN}
    run_stages(spark, STAGES, world.params, world.options)
    assert {name: world.lake.version(name) for name in WRITTEN} == before


def test_planted_dirt_is_counted(world):
    planted = {row["kind"]: row["count"] for row in world.lake.read("truth.dirt").collect()}
    faults = sum(count for kind, count in planted.items() if kind != "duplicate")
    assert world.lake.read("bronze.quarantine").count() == faults > 0
    assert world.figures["ingest"]["duplicates_dropped"] == planted["duplicate"] > 0


def test_item_communities_recover_the_planted_ones(world):
    found = world.lake.read("graph.item_nodes").select("item_id", F.col("community").alias("found"))
    rows = found.join(world.lake.read("truth.items"), "item_id").select("found", "community", "interest").collect()
    by_community = adjusted_rand_score([r["community"] for r in rows], [r["found"] for r in rows])
    by_interest = adjusted_rand_score([r["interest"] for r in rows], [r["found"] for r in rows])
    assert max(by_community, by_interest) >= 0.9


def test_every_person_gets_a_list_of_unseen_items_with_reasons(world):
    lists = world.lake.read("gold.recommendations")
    people = world.lake.read("silver.users").count()
    per_person = lists.groupBy("user_id").agg(F.count("*").alias("n"), F.max("rank").alias("last"))
    assert per_person.count() == people
    assert per_person.where("n != last").count() == 0
    seen = world.lake.read("silver.interactions").select("user_id", "item_id")
    assert lists.join(seen, ["user_id", "item_id"]).count() == 0
    evidence = lists.select("user_id", F.explode("evidence").alias("item_id"))
    assert evidence.join(seen, ["user_id", "item_id"], "left_anti").count() == 0
    shares = lists.select(F.aggregate("sources", F.lit(0.0), lambda total, s: total + s["share"]).alias("total"))
    assert shares.where(F.abs(F.col("total") - 1) > 1e-6).count() == 0
    assert lists.where("run_id != 'world' OR length(reason) < 10").count() == 0


def test_every_sentence_is_true_of_the_tables(world):
    names = ("gold.recommendations", "bronze.items", "silver.items", "silver.interactions", "silver.interests",
             "silver.item_interests", "gold.interest_map", "silver.friends", "silver.facts")  # fmt: skip
    told = sentences({name: world.lake.read(name) for name in names}).persist()
    assert [row["statement"] for row in told.where(~F.col("true")).collect()] == []
    assert told.count() == world.lake.read("gold.recommendations").count()
    told.unpersist()


def test_planted_taste_is_found_in_the_lists(world):
    """Of what a person has not seen, items of the planted community are listed at least three times as often."""
    items = world.lake.read("truth.items").select("item_id", F.col("community").alias("item_community"))
    people = world.lake.read("truth.user_interests").select("user_id", "community").distinct()
    seen = world.lake.read("silver.interactions").select("user_id", "item_id")
    listed = world.lake.read("gold.recommendations").select("user_id", "item_id", F.lit(1).alias("listed"))
    unseen = people.crossJoin(items).join(seen, ["user_id", "item_id"], "left_anti")
    marked = unseen.join(listed, ["user_id", "item_id"], "left")
    own = F.col("item_community") == F.col("community")
    shares = marked.groupBy(own.alias("own")).agg(F.avg(F.coalesce("listed", F.lit(0))).alias("share")).collect()
    share = {row["own"]: row["share"] for row in shares}
    assert share[True] >= 3 * share[False] > 0


def test_metrics_hold_the_fused_list_and_every_baseline(world):
    rows = world.lake.read("gold.metrics").where("split = 'test' AND segment = 'all' AND metric = 'ndcg' AND k = 10")
    ndcg = {row["model"]: row["value"] for row in rows.collect()}
    chosen = {row["model"]: row["left_out"] for row in world.lake.read("models.chosen").collect()}
    assert set(ndcg) == {"fused", *(name for name, why in chosen.items() if why is None)}
    assert {"popularity", "item_knn", "ease", "sequence_ease", "als", "transitions", "trend", "text"} <= set(ndcg)
    assert all(0 <= value <= 1 for value in ndcg.values())
    assert ndcg["fused"] > ndcg["popularity"]


@pytest.mark.parametrize("name", ["interestlake.als", "interestlake.two_tower", "interestlake.ranker"])
def test_models_are_registered_with_signature_and_aliases(world, name):
    import mlflow

    mlflow.set_tracking_uri(world.options.tracking_uri)
    client = mlflow.MlflowClient()
    challenger = client.get_model_version_by_alias(name, "challenger")
    assert client.get_model_version_by_alias(name, "champion").version == challenger.version
    info = mlflow.models.get_model_info(f"models:/{name}@champion")
    assert info.signature is not None and info.saved_input_example_info is not None


def test_the_report_is_one_page(world):
    page = (world.root / "lake" / "reports" / "world.html").read_text(encoding="utf-8")
    assert page.lstrip().lower().startswith("<!doctype html>")
    assert 'src="http' not in page and "src='http" not in page
