"""Parts of the engines: batches, the thread that works ahead, cut texts, int8 forms."""

import threading

import numpy as np
import pytest
from bench.embedding.quality import quality, retrieval_ndcg
from bench.embedding.random_encoder import write_encoder

from interestlake.core.cache import cache_folder
from interestlake.text.encoder_files import find_encoder
from interestlake.text.encoders import load_encoder
from interestlake.text.engines.ahead import ahead
from interestlake.text.engines.engine import Engine
from interestlake.text.engines.tokens import Tokens, beginning
from interestlake.text.onnx_files import int8_onnx
from interestlake.text.quantise import int8_encoder, int8_model


class Lengths(Engine):
    """Gives each window its length: what went where can be read off."""

    def forward(self, ids, mask):
        return np.repeat(mask.sum(axis=1, keepdims=True), 2, axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    words = ["quiet", "guitar", "train", "rain"]
    return write_encoder(tmp_path_factory.mktemp("encoder"), words, hidden=64, layers=2, heads=4, inner=128, seed=5)


@pytest.mark.parametrize("seed", range(20))
def test_batches_hold_each_row_once_within_the_budget(folder, seed):
    random = np.random.default_rng(seed)
    lengths = random.integers(1, 128, int(random.integers(1, 300)))
    engine = Lengths(Tokens(str(folder), 128), batch_size=int(random.integers(1, 40)), batch_tokens=512)
    batches = list(engine.batches(lengths))
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    for rows in batches:
        assert len(rows) <= engine.batch_size
        assert len(rows) == 1 or len(rows) * lengths[rows].max() <= 512
    padded = sum(len(rows) * lengths[rows].max() for rows in batches)
    assert engine.batch_size < 8 or len(lengths) < 100 or lengths.sum() / padded > 0.9


def test_vectors_come_back_in_the_order_of_the_texts(folder):
    engine = Lengths(Tokens(str(folder), 128), 4, 64)
    texts = ["rain " * count for count in (5, 1, 9, 3, 2, 7)]
    assert engine.encode(texts)[:, 0].tolist() == [7, 3, 11, 5, 4, 9]
    assert engine.counts.rows == 6 and engine.counts.tokens == 39
    assert engine.encode([]).shape == (0, 0)


@pytest.mark.parametrize("windows", [1, 3])
def test_a_text_cut_before_tokenising_has_the_same_pieces(folder, windows):
    tokens = Tokens(str(folder), 16, windows)
    texts = ["quiet guitar " * 500, "x" * 90 + " " + "rain " * 300, "y" * 5000, "\u3000".join(["rain"] * 900), "short"]
    found = tokens.windows(texts)
    tokens.local = False  # whole texts
    assert tokens.windows(texts).ids == found.ids
    assert beginning("one two three", 9) == "one two" and beginning("one", 9) == "one"


def test_what_works_ahead_keeps_order_and_hands_errors_over():
    def items():
        yield from (1, 2)
        raise ValueError("third")

    found = []
    with pytest.raises(ValueError, match="third"):
        for item in ahead(items()):
            found.append(item)
    assert found == [1, 2]
    endless = ahead(iter(int, 1))
    next(endless)
    endless.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "ahead"]


def test_int8_forms_are_near_and_have_ids_of_their_own(folder, tmp_path):
    encoder = find_encoder(str(folder), 32)
    ids = {int8_encoder(encoder, engine).model_id for engine in ("openvino", "spark_nlp", "torch")}
    assert len(ids) == 3 and encoder.model_id in ids and int8_encoder(encoder, "auto").weights_id == encoder.model_id
    texts = ["quiet guitar", "rain on a train", "rain"]
    arguments = (encoder.path, 32, 4, 1, None)

    def vectors(engine, model_folder, precision):
        path, *rest = arguments
        return load_encoder(engine, path, model_folder, *rest, precision).encode(texts)

    exact = vectors("torch", "", "f32")
    for engine, model in (("openvino", int8_model(encoder, tmp_path)), ("onnx", int8_onnx(encoder, tmp_path))):
        near = vectors(engine, model, "int8" if engine == "openvino" else "f32")
        cosines = (near * exact).sum(axis=1)
        assert cosines.min() >= 0.98, engine
        assert not np.allclose(near, exact, atol=1e-6), f"{engine} did not round"


def test_quality_of_the_same_vectors_and_of_planted_ones():
    vectors = np.eye(12, dtype=np.float32)
    same = quality(vectors, vectors, vectors, vectors, np.repeat(np.arange(6), 2))
    assert same.mean_cosine == same.same_top == 1 and same.ndcg_change == 0
    # two items of two documents; query 0 finds its other document first, query 2 third
    documents = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 0, 1], [0, 1, 0.8]], np.float32)
    queries = np.array([[1, 0, 0], [1, 0, 0], [0.5, 0, 0.1], [0, 0, 1]], np.float32)
    assert retrieval_ndcg(documents, queries, np.array([0, 0, 1, 1])) == pytest.approx((3 + 0.5) / 4)


def test_the_cache_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("INTERESTLAKE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
