"""The ways of embedding that are compared: each loads once and then maps texts to vectors."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from interestlake.core.cache import cache_folder
from interestlake.text.encoder_files import export_onnx, find_encoder

MAX_TOKENS = 128
PEER, PEER_INT8 = "sentence-transformers f32", "sentence-transformers ONNX int8"
ALONE = ("onnx f32", "openvino f32", "openvino bf16", "openvino int8", "torch f32", "torch bf16")
SPARK = ("spark onnx f32", "spark openvino bf16", "spark openvino int8", "spark spark_nlp f32", "spark spark_nlp int8")


class Contender:
    """`run(texts)` -> vectors in their order; `waste` is the share of padding of what was run, where it is known."""

    def __init__(self, run: Callable[[list[str]], np.ndarray], counts=None):
        self.run, self.counts = run, counts

    @property
    def waste(self) -> float | None:
        return self.counts.waste if self.counts is not None and self.counts.padded else None


def load(name: str, threads: int, calibration: list[str]) -> Contender:
    """The contender `name` on `threads` threads, its model made or read; Spark's starts its session here."""
    if name == PEER:
        return _peer(threads)
    if name == PEER_INT8:
        return _peer_int8(threads)
    if name.startswith("spark "):
        return _spark(name.removeprefix("spark "), threads, calibration)
    engine, precision = name.split()
    encoder, folder = model_of(engine, precision, calibration)
    from interestlake.text.encoders import load_encoder

    loaded = load_encoder(engine, encoder.path, folder, MAX_TOKENS, 64, threads, None, precision)
    return Contender(loaded.encode, loaded.counts)


def model_of(engine: str, precision: str, calibration: list[str]):
    """(encoder, folder of its model for this engine and number format)."""
    from interestlake.text.onnx_files import int8_onnx
    from interestlake.text.quantise import int8_model

    encoder = find_encoder("", MAX_TOKENS)
    if precision != "int8":
        return encoder, export_onnx(encoder, cache_folder())
    return encoder, (int8_onnx if engine == "spark_nlp" else int8_model)(encoder, cache_folder())


def _peer(threads: int) -> Contender:
    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(threads)
    model = SentenceTransformer(find_encoder("", MAX_TOKENS).path, device="cpu")
    model.max_seq_length = MAX_TOKENS
    return Contender(lambda texts: model.encode(texts, batch_size=32, normalize_embeddings=True))


def _peer_int8(threads: int) -> Contender:
    """What sentence-transformers' ONNX backend runs after export_dynamic_quantized_onnx_model("avx512_vnni").

    Its backend needs optimum; this is the same: dynamic int8 per tensor by onnxruntime.quantization, batches of 32 by
    length in characters, padded to the longest, pooled outside.
    """
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from tokenizers import Tokenizer

    encoder = find_encoder("", MAX_TOKENS)
    exact = Path(export_onnx(encoder, cache_folder())) / "model.onnx"
    target = cache_folder() / "bench" / f"{encoder.model_id}-avx512_vnni.onnx"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        quantize_dynamic(str(exact), str(target), per_channel=False, weight_type=QuantType.QInt8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(str(target), options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(Path(encoder.path) / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.enable_padding()

    def run(texts: list[str]) -> np.ndarray:
        order = np.argsort([-len(text) for text in texts], kind="stable")
        found = []
        for start in range(0, len(order), 32):
            batch = tokenizer.encode_batch([texts[row] for row in order[start : start + 32]])
            ids = np.array([one.ids for one in batch], np.int64)
            mask = np.array([one.attention_mask for one in batch], np.int64)
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            found.append(session.run(None, inputs)[0])
        vectors = np.empty((len(texts), found[0].shape[1]), np.float32)
        vectors[order] = np.concatenate(found)
        return vectors

    return Contender(run)


def _spark(name: str, threads: int, calibration: list[str]) -> Contender:
    """The transform of the embed stage in local[threads], one thread a task, its rows brought back as Arrow."""
    from interestlake.core.session import build_session
    from interestlake.text.embed import embed

    settings = {"spark.master": f"local[{threads}]", "spark.driver.memory": "2g"}
    spark = build_session(str(Path(__file__).resolve().parents[2] / "conf"), "local", settings)
    engine, precision = name.split()
    encoder, folder = model_of(engine, precision, calibration)
    transform = embed(spark, engine, encoder, folder, 64, threads, precision)

    def run(texts: list[str]) -> np.ndarray:
        rows = [(f"{row:08d}", text) for row, text in enumerate(texts)]
        frame = spark.createDataFrame(rows, "text_hash string, text string")
        found = frame.transform(transform).select("text_hash", "vector").toPandas()
        vectors = np.stack(found["vector"].to_numpy())
        return vectors[np.argsort(found["text_hash"].to_numpy())]

    return Contender(run)
