"""Three engines, one output: each against sentence-transformers; equal texts once; a second run embeds nothing."""

import gzip
import json

import numpy as np
import pytest

from interestlake.core.cache import cache_folder
from interestlake.core.errors import BadInput
from interestlake.stages.embed import EMBED
from interestlake.text.choose import Probe, choose_engine, fastest, precision_of
from interestlake.text.embed import embed
from interestlake.text.encoder_files import export_onnx, find_encoder

SENTENCES = [
    "A quiet evening with a telescope and a clear sky.",
    "The amp hums, but the tone is warm!",
    "x",
    "Große Gefühle, naïve café; 東京 and emoji \U0001f3b8 too",
    " ".join(["a very long review about strings and picks"] * 40),
    "UPPER lower MiXeD 1234 -- punctuation...",
]


@pytest.fixture(scope="module")
def reference():
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(find_encoder("", 128).path, device="cpu")
    model.max_seq_length = 128
    return lambda texts: model.encode(texts, normalize_embeddings=True)


def vectors_of(spark, texts, engine):
    frame = spark.createDataFrame([(str(i), text) for i, text in enumerate(texts)], "text_hash string, text string")
    encoder = find_encoder("", 128)
    onnx_folder = export_onnx(encoder, cache_folder())
    rows = frame.transform(embed(spark, engine, encoder, onnx_folder, batch_size=4, partitions=2)).collect()
    assert {(row["model_id"], row["engine"]) for row in rows} == {(encoder.model_id, engine)}
    found = {int(row["text_hash"]): row["vector"] for row in rows}
    return np.array([found[i] for i in range(len(texts))])


@pytest.mark.parametrize("engine", ["onnx", "openvino", "torch", "spark_nlp"])
def test_engines_agree_with_the_reference(spark, reference, engine):
    cosines = (vectors_of(spark, SENTENCES, engine) * reference(SENTENCES)).sum(axis=1)
    assert cosines.min() >= 0.9999, dict(zip(SENTENCES, cosines, strict=True))


@pytest.mark.parametrize("engine", ["onnx", "openvino", "torch", "spark_nlp"])
def test_engines_agree_with_the_reference_on_real_reviews(spark, shared_data, reference, engine):
    path = shared_data / "amazon-musical-instruments-5core" / "Musical_Instruments_5.json.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["reviewText"] for line, _ in zip(lines, range(120), strict=False)]
    texts = [text for text in texts if text.strip()][::2]
    cosines = (vectors_of(spark, texts, engine) * reference(texts)).sum(axis=1)
    assert len(texts) >= 50 and cosines.min() >= 0.9999


def documents(spark, *texts):
    rows = [(f"d{i}", text, "item", f"i{i}", None, text, None, None, "all") for i, text in enumerate(texts)]
    return spark.createDataFrame(
        rows,
        "doc_id string, text_hash string, kind string, item_id string, user_id string, text string, "
        "rating double, event_ts timestamp, split string",
    )


def test_equal_texts_are_embedded_once_and_a_second_run_embeds_nothing(spark, stage_context):
    first = stage_context(run_id="r1")
    first.lake.write("silver.documents", documents(spark, "jazz", "jazz", "soil"), "r1")
    assert EMBED.run(first)["texts_embedded"] == 2
    second = stage_context(first.options.lake, run_id="r2")
    assert EMBED.run(second)["texts_embedded"] == 0
    assert first.lake.read("silver.embeddings").count() == 2


def test_vectors_of_another_reach_have_another_id():
    assert find_encoder("", 128).model_id != find_encoder("", 64).model_id
    with pytest.raises(BadInput, match="max_tokens.*513.*<= 512"):
        find_encoder("", 513)


def test_no_text_leaves_an_empty_table(spark, stage_context):
    context = stage_context()
    context.lake.create("silver.documents")
    assert EMBED.run(context) == {"texts_total": 0, "texts_embedded": 0}
    assert context.lake.read("silver.embeddings").count() == 0


def test_a_folder_without_a_model_is_explained(tmp_path):
    with pytest.raises(BadInput, match="config.json.*vocab.txt.*conf/params/embed.yml"):
        find_encoder(str(tmp_path), 128)


def test_few_texts_follow_the_task_resource():
    assert choose_engine("auto", task_has_gpu=True) == "torch"
    assert choose_engine("auto", task_has_gpu=False) == "onnx"
    assert choose_engine("spark_nlp", task_has_gpu=True) == "spark_nlp"


@pytest.mark.parametrize(
    "engine, goal, gpu, precision",
    [
        ("torch", "near_exact", True, "f16"),
        ("torch", "near_exact", False, "bf16"),
        ("torch", "exact", True, "f32"),
        ("openvino", "near_exact", False, "bf16"),
        ("openvino", "fast", False, "int8"),
        ("spark_nlp", "near_exact", False, "f32"),
        ("spark_nlp", "fast", False, "int8"),
        ("onnx", "near_exact", False, "f32"),
    ],
)
def test_the_goal_names_the_number_format(engine, goal, gpu, precision):
    assert precision_of(engine, goal, gpu) == precision


def test_an_engine_without_a_fast_form_is_explained():
    with pytest.raises(BadInput, match="fast with engine onnx.*openvino.*conf/params/embed.yml"):
        precision_of("onnx", "fast", False)


EXACT = Probe("onnx", "f32", 1.0, 100.0, 1.0)


@pytest.mark.parametrize(
    "other, rows, taken",
    [
        (Probe("openvino", "bf16", 3.0, 200.0, 0.9999), 10_000, "openvino"),
        # 100 rows: 1.5 s against 3.25 s
        (Probe("openvino", "bf16", 3.0, 200.0, 0.9999), 100, "onnx"),
        (Probe("openvino", "bf16", 3.0, 200.0, 0.998), 10_000, "onnx"),
        (Probe("openvino", "bf16", 0.0, 0.0, 0.0, "ImportError: no openvino"), 10_000, "onnx"),
    ],
)
def test_auto_takes_what_would_end_first_among_the_near_enough(other, rows, taken):
    choice = fastest([EXACT, other], "near_exact", rows, tasks=2)
    assert choice.engine == taken and "onnx f32 100 rows/s" in choice.why
