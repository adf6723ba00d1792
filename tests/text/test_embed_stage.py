"""The embed stage appends slice after slice, goes on after a kill, and keeps two encoders' vectors apart."""

import numpy as np
import pytest
from bench.embedding.random_encoder import write_encoder
from pyspark.sql import functions as F

from interestlake.core.lake import Lake
from interestlake.core.lineage import slices
from interestlake.stages import embed as stages
from interestlake.stages.embed import EMBED, EMBEDDINGS, encoder_of, own_vectors, task_slots

from .test_embed import documents

WORDS = ["quiet", "guitar", "train", "rain"]
SLICE = "embed.texts_per_commit"
TEXTS = [f"quiet guitar number {number}" for number in range(400)]


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
    return {"embed.model_path": encoder, "embed.max_tokens": 16} | more


@pytest.fixture
def run(spark, stage_context, small, tmp_path):
    """run("a lake") -> (the embed stage's figures, the lake), of TEXTS in four slices under the one run id."""

    def go(name):
        context = stage_context(tmp_path / name, run_id="r", overrides=settings(small[0], **{SLICE: 100}))
        context.lake.write("silver.documents", documents(spark, *TEXTS), "r0")
        return EMBED.run(context), context.lake

    return go


def breaking_in(slice_number, monkeypatch):
    """An engine whose tasks fail in this slice, the first is 1."""
    made, slices = stages.embed, []

    def embed(*settings):
        transform = made(*settings)

        def embedded(texts):
            slices.append(texts)
            rows = transform(texts)
            fault = "IF(text_hash > '', CAST(raise_error('the engine broke') AS array<float>), vector)"
            return rows.withColumn("vector", F.expr(fault)) if len(slices) == slice_number else rows

        return embedded

    monkeypatch.setattr(stages, "embed", embed)


def vectors(lake):
    """text_hash -> vector; each text has one row."""
    rows = lake.read(EMBEDDINGS).collect()
    assert len({row["text_hash"] for row in rows}) == len(rows)
    return {row["text_hash"]: row["vector"] for row in rows}


@pytest.mark.parametrize("broken", [1, 3])
def test_a_run_killed_in_a_slice_loses_that_slice_alone(spark, run, monkeypatch, tmp_path, broken):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "work"))
    (tmp_path / "work").mkdir()
    whole = vectors(run("whole")[1])
    breaking_in(broken, monkeypatch)
    with pytest.raises(Exception, match="the engine broke"):
        run("broken")
    lake = Lake(spark, str(tmp_path / "broken"))
    stood = lake.read(EMBEDDINGS).count() if broken > 1 else 0
    assert not lake.exists(EMBEDDINGS) if broken == 1 else 130 <= stood <= 270  # two of four
    assert run("broken")[0]["texts_embedded"] == len(TEXTS) - stood
    resumed = vectors(lake)
    assert resumed.keys() == whole.keys() and len(whole) == len(TEXTS)
    assert np.allclose([resumed[text] for text in whole], list(whole.values()), atol=1e-5)
    assert not list((tmp_path / "work").glob("interestlake-*")), "the texts of the slices are gone"


def test_a_finished_slice_is_one_append_that_looks_at_no_file_of_the_table(spark, run, monkeypatch):
    read = []
    monkeypatch.setattr(stages, "slices", lambda *given: read.extend(slices(*given)) or read)
    lake = run("lake")[1]
    history = spark.sql(f"DESCRIBE HISTORY delta.`{lake.path(EMBEDDINGS)}`").orderBy("version").collect()
    assert len(history) == 4 and {row["operation"] for row in history} == {"WRITE"}
    assert {row["operationParameters"]["mode"] for row in history} == {"Append"}
    assert not any("numTargetFilesScanned" in row["operationMetrics"] for row in history)
    files = [set(part.inputFiles()) for part in read]
    assert len(set().union(*files)) == sum(map(len, files)) == 4, "no slice reads another's files"
    assert run("lake")[0] == {"texts_total": len(TEXTS), "texts_embedded": 0.0} and lake.version(EMBEDDINGS) == 3


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
        overrides=settings(small[0], **{"embed.precision": "near_exact"}),
    )
    context.lake.write("silver.documents", documents(spark, *TEXTS), "r0")
    with caplog.at_level("INFO", "interestlake"):
        assert EMBED.run(context)["texts_embedded"] == len(TEXTS)
    said = caplog.text
    assert "measured per task for 400 rows" in said and "onnx f32" in said and "openvino bf16" in said
    assert "400 of 400 texts embedded" in said and "rows/s" in said


def test_slots_are_counted_by_cores_and_not_by_the_wished_parallelism(spark):
    assert task_slots(spark) == 2 != spark.sparkContext.defaultParallelism
