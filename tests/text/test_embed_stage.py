"""The embed stage commits round after round, goes on after a kill, and keeps two encoders' vectors apart."""

import pytest
from bench.embedding.random_encoder import write_encoder

from interestlake.core.lake import Lake
from interestlake.stages.embed import EMBED, EMBEDDINGS, encoder_of, own_vectors, task_slots

from .test_embed import documents

WORDS = ["quiet", "guitar", "train", "rain"]
TEXTS = [f"quiet guitar number {number}" for number in range(150)]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    root = tmp_path_factory.mktemp("small")
    return [
        str(write_encoder(root / f"e{seed}", WORDS, hidden=16, layers=1, heads=2, inner=16, positions=32, seed=seed))
        for seed in (1, 2)
    ]


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("INTERESTLAKE_CACHE", str(tmp_path / "cache"))


def settings(encoder, **more):
    return {"embed.model_path": encoder, "embed.max_tokens": 16, "embed.texts_per_commit": 100} | more


def test_a_killed_run_goes_on_where_it_stopped(spark, stage_context, small, monkeypatch):
    context = stage_context(run_id="killed", overrides=settings(small[0]))
    context.lake.write("silver.documents", documents(spark, *TEXTS), "r0")
    write, rounds = Lake.write, []

    def killed_in_the_second_round(lake, name, rows, run_id, in_place_of=None):
        rounds.append(run_id)
        if len(rounds) == 2:
            raise KeyboardInterrupt
        return write(lake, name, rows, run_id, in_place_of)

    monkeypatch.setattr(Lake, "write", killed_in_the_second_round)
    with pytest.raises(KeyboardInterrupt):
        EMBED.run(context)
    monkeypatch.undo()
    monkeypatch.setenv("INTERESTLAKE_CACHE", str(context.options.lake) + "-cache")
    kept = context.lake.read(EMBEDDINGS).count()
    assert len(rounds) == 2 and 0 < kept < len(TEXTS)
    again = stage_context(context.options.lake, run_id="killed", overrides=settings(small[0]))
    assert EMBED.run(again)["texts_embedded"] == len(TEXTS) - kept
    found = again.lake.read(EMBEDDINGS)
    assert found.count() == found.select("text_hash").distinct().count() == len(TEXTS)


def test_vectors_of_two_encoders_stand_side_by_side(spark, stage_context, small):
    first = stage_context(run_id="r1", overrides=settings(small[0]))
    first.lake.write("silver.documents", documents(spark, "rain", "quiet train", " "), "r0")
    assert EMBED.run(first)["texts_embedded"] == 2
    second = stage_context(first.options.lake, run_id="r2", overrides=settings(small[1]))
    assert EMBED.run(second)["texts_embedded"] == 2
    ids = {encoder_of(first).model_id, encoder_of(second).model_id}
    rows = first.lake.read(EMBEDDINGS).collect()
    assert len(rows) == 4 and {row["model_id"] for row in rows} == ids and len(ids) == 2
    assert {row["model_id"] for row in own_vectors(second).collect()} == {encoder_of(second).model_id}


def test_auto_measures_and_says_what_it_took(spark, stage_context, small, monkeypatch, caplog):
    monkeypatch.setattr("interestlake.stages.embed.MEASURED_TEXTS", 2)
    context = stage_context(
        run_id="r1",
        overrides=settings(small[0], **{"embed.texts_per_commit": 100_000, "embed.precision": "near_exact"}),
    )
    context.lake.write("silver.documents", documents(spark, *TEXTS), "r0")
    with caplog.at_level("INFO", "interestlake"):
        assert EMBED.run(context)["texts_embedded"] == len(TEXTS)
    said = caplog.text
    assert "measured per task for 150 rows" in said and "onnx f32" in said and "openvino bf16" in said
    assert "150 of 150 texts embedded" in said and "rows/s" in said


def test_slots_are_counted_by_cores_and_not_by_the_wished_parallelism(spark):
    assert task_slots(spark) == 2 != spark.sparkContext.defaultParallelism
