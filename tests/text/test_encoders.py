"""Any encoder by path: two families, an ONNX folder, a registered model; and what becomes of odd texts."""

import numpy as np
import pytest
from bench.embedding.random_encoder import write_encoder
from pyspark.sql import functions as F

from interestlake.core.cache import cache_folder
from interestlake.core.errors import BadInput
from interestlake.text.embed import embed, has_words
from interestlake.text.encoder_files import export_onnx, find_encoder
from interestlake.text.encoders import load_encoder

PLAIN_CACHE = cache_folder()
WORDS = ["quiet", "guitar", "train", "rain", "sky", "amp", "tone", "warm", "good", "bad"]
TEXTS = ["quiet guitar", "good warm tone on a train", "rain", "bad amp, bad sky!", "quiet guitar rain " * 9]
SMALL = {"hidden": 32, "layers": 2, "heads": 4, "inner": 64, "positions": 64}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("encoders")
    made = {
        "bert": write_encoder(root / "bert", WORDS, "bert", seed=1, **SMALL),
        "distilbert": write_encoder(root / "distilbert", WORDS, "distilbert", seed=2, **SMALL),
    }
    made["onnx"] = hidden_states_folder(made["bert"], root / "onnx")
    return made


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("INTERESTLAKE_CACHE", str(tmp_path_factory.getbasetemp() / "encoder-cache"))


def hidden_states_folder(source, target):
    """An ONNX folder as other tools export it: the graph ends in hidden states and knows no pooling."""
    import shutil

    import torch
    from transformers import AutoModel

    target.mkdir()
    model = AutoModel.from_pretrained(source, attn_implementation="eager")

    class Hidden(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask):
            return self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state

    example = (torch.ones(2, 7, dtype=torch.long), torch.ones(2, 7, dtype=torch.long))
    axes = {name: {0: "batch", 1: "tokens"} for name in ("input_ids", "attention_mask", "last_hidden_state")}
    names = {"input_names": ["input_ids", "attention_mask"], "output_names": ["last_hidden_state"]}
    torch.onnx.export(Hidden().eval(), example, str(target / "model.onnx"), **names, dynamic_axes=axes,
                      opset_version=14, dynamo=False)  # fmt: skip
    for name in ("tokenizer.json", "vocab.txt", "config.json"):
        shutil.copy(source / name, target / name)
    return target


def reference(folder, texts, max_tokens=32):
    """transformers, one text at a time, mean over its tokens: no batch, no padding, no engine."""
    import torch
    from tokenizers import Tokenizer
    from transformers import AutoModel

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_tokens)
    model, found = AutoModel.from_pretrained(folder), []
    for text in texts:
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.inference_mode():
            found.append(model(input_ids=ids).last_hidden_state[0].mean(0).numpy())
    found = np.array(found)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def loaded(folder, engine, max_tokens=32, max_windows=1):
    encoder = find_encoder(str(folder), max_tokens, max_windows=max_windows, any_family=True)
    onnx_folder = "" if engine == "torch" else export_onnx(encoder, cache_folder())
    return load_encoder(engine, encoder.path, onnx_folder, max_tokens, 4, 1, None, "f32", max_windows)


@pytest.mark.parametrize("engine", ["onnx", "openvino", "torch"])
@pytest.mark.parametrize("family", ["bert", "distilbert"])
def test_every_engine_computes_every_family(folders, family, engine):
    cosines = (loaded(folders[family], engine).encode(TEXTS) * reference(folders[family], TEXTS)).sum(axis=1)
    assert cosines.min() >= 0.99999


@pytest.mark.parametrize("engine", ["onnx", "openvino"])
def test_an_onnx_folder_gets_the_pooling_it_lacks(folders, engine):
    cosines = (loaded(folders["onnx"], engine).encode(TEXTS) * reference(folders["bert"], TEXTS)).sum(axis=1)
    assert cosines.min() >= 0.99999


def test_a_given_graph_takes_what_spark_nlp_feeds(folders):
    import onnxruntime

    encoder = find_encoder(str(folders["onnx"]), 32, any_family=True)
    session = onnxruntime.InferenceSession(f"{export_onnx(encoder, cache_folder())}/model.onnx")
    assert {one.name for one in session.get_inputs()} == {"input_ids", "attention_mask", "token_type_ids"}
    assert [one.name for one in session.get_outputs()] == ["last_hidden_state"]


def test_spark_nlp_holds_one_encoder_per_session(spark, folders):
    packaged = find_encoder("", 128)
    embed(spark, "spark_nlp", packaged, export_onnx(packaged, PLAIN_CACHE), 4, 1)
    other = find_encoder(str(folders["bert"]), 32)
    with pytest.raises(BadInput, match="a second encoder in this Spark session.*one per session"):
        embed(spark, "spark_nlp", other, export_onnx(other, cache_folder()), 4, 1)
    with pytest.raises(BadInput, match="family 'distilbert'; expected a BERT"):
        embed(spark, "spark_nlp", find_encoder(str(folders["distilbert"]), 32, any_family=True), "", 4, 1)
    with pytest.raises(BadInput, match="max_windows.*2.*expected 1 with engine spark_nlp"):
        embed(spark, "spark_nlp", find_encoder("", 128, max_windows=2), "", 4, 1)


def test_other_weights_and_another_reach_have_other_ids(folders):
    ids = {find_encoder(str(folders[name]), 32, any_family=True).model_id for name in folders}
    ids |= {find_encoder(str(folders["bert"]), 32, max_windows=2).model_id}
    ids |= {find_encoder(str(folders["bert"]), 16).model_id}
    assert len(ids) == 5


def test_a_registered_model_is_found_by_its_alias(folders, tracking_uri):
    import mlflow

    class Echo(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input: list[str]):
            return model_input

    mlflow.set_tracking_uri(tracking_uri)
    with mlflow.start_run():
        info = mlflow.pyfunc.log_model(name="encoder", python_model=Echo(), artifacts={"model": str(folders["bert"])},
                                       pip_requirements=[], registered_model_name="tests.encoder")  # fmt: skip
    mlflow.MlflowClient().set_registered_model_alias("tests.encoder", "champion", info.registered_model_version)
    found = find_encoder("models:/tests.encoder@champion", 32, any_family=True, tracking_uri=tracking_uri)
    by_path = find_encoder(str(folders["bert"]), 32)
    assert found.model_id.rsplit("-", 1)[1] == by_path.model_id.rsplit("-", 1)[1]
    assert found.model_id.startswith("tests.encoder-")
    with pytest.raises(BadInput, match="models:/tests.none@champion.*expected a registered model"):
        find_encoder("models:/tests.none@champion", 32, any_family=True, tracking_uri=tracking_uri)


def test_another_family_is_refused_where_only_a_bert_will_do(folders):
    with pytest.raises(BadInput, match="model_type 'distilbert'.*expected 'bert'"):
        find_encoder(str(folders["distilbert"]), 32)


def test_a_long_text_is_the_weighted_mean_of_its_windows(folders):
    # 24 pieces in windows of 10 between two marks: 10, 10 and 4
    words = (WORDS * 3)[:24]
    parts = [" ".join(words[start : start + 10]) for start in (0, 10, 20)]
    pieces = reference(folders["bert"], parts, 12)
    wanted = (pieces * np.array([[10], [10], [4]])).sum(axis=0)
    whole = loaded(folders["bert"], "onnx", max_tokens=12, max_windows=3).encode([" ".join(words), "rain"])
    assert whole[0] @ wanted / np.linalg.norm(wanted) >= 0.99999
    assert whole[1] @ reference(folders["bert"], ["rain"], 12)[0] >= 0.99999
    two = loaded(folders["bert"], "onnx", max_tokens=12, max_windows=2).encode([" ".join(words)])[0]
    wanted = pieces[:2].sum(axis=0)
    assert two @ wanted / np.linalg.norm(wanted) >= 0.99999


def test_the_first_window_alone_is_read_without_the_rest(folders):
    text = "quiet guitar rain " * 2000
    short = loaded(folders["bert"], "onnx", max_tokens=12)
    assert short.encode([text])[0] @ reference(folders["bert"], [text], 12)[0] >= 0.99999


ODD = {
    "emoji": "good tone \U0001f3b8\U0001f468‍\U0001f469‍\U0001f467",
    "right to left": "גיטרה طيب guitar",
    "control characters": "good\x00\x07\x1b tone\x7f",
    "10 MB": "quiet guitar rain " * 600_000,
    "one word of 10 MB": "a" * 10_000_000,
    "half a surrogate pair": "good \ud83d tone",
}


@pytest.mark.parametrize("engine", ["onnx", "openvino", "torch"])
def test_odd_texts_have_a_vector_like_any_other(folders, engine):
    vectors = loaded(folders["bert"], engine).encode([*ODD.values(), "good tone"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    # control characters are no part of a text
    assert vectors[list(ODD).index("control characters")] @ vectors[-1] >= 0.99999


@pytest.mark.parametrize("engine", ["onnx", "spark_nlp"])
def test_texts_without_words_have_no_vector_and_broken_bytes_are_left_out(spark, engine):
    rows = [("empty", b""), ("blank", b" \t\n "), ("control", b"\x00\x07\x1b"), ("zero width", b"\xe2\x80\x8b"),
            ("broken", b"good \xff\xfe tone"), ("plain", b"good tone"), ("large", b"quiet guitar " * 800_000),
            ("cut", b"quiet guitar " * 90)]  # fmt: skip
    raw = spark.createDataFrame(rows, "text_hash string, raw binary")
    frame = raw.select("text_hash", F.col("raw").cast("string").alias("text"))
    frame = frame.union(spark.createDataFrame([("none", None)], "text_hash string, text string"))
    encoder = find_encoder("", 128)
    embedded = frame.transform(embed(spark, engine, encoder, export_onnx(encoder, PLAIN_CACHE), 4, 2))
    found = {row["text_hash"]: np.array(row["vector"]) for row in embedded.collect()}
    assert set(found) == {"broken", "plain", "large", "cut"}
    assert found["broken"] @ found["plain"] >= 0.9999
    assert found["large"] @ found["cut"] >= 0.9999
    assert frame.where(has_words(F.col("text"))).count() == 4


@pytest.mark.parametrize("pooling", ["mean", "cls"])
def test_texts_laid_end_to_end_have_the_vectors_of_padded_ones(folders, pooling):
    from interestlake.text.engines.tokens import Tokens
    from interestlake.text.engines.torch_engine import TorchEngine

    def engine(pack):
        tokens = Tokens(str(folders["bert"]), 32)
        made = TorchEngine(tokens, str(folders["bert"]), 4, 1, None, "f32", pooling, pack=pack)
        made.batch_tokens = 40  # several packs
        return made

    packed = engine(True)
    assert np.allclose(packed.encode(TEXTS), engine(False).encode(TEXTS), atol=1e-5)
    assert packed.counts.waste == 0 and packed.counts.rows == len(TEXTS)
