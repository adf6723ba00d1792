"""Int8 forms of the encoder for OpenVINO beside bf16: speed, cosine to float32, neighbours. On one core.

    python -m bench.embedding.int8_forms [--texts 700] [--calibration 300]

"static": NNCF's quantize with SmoothQuant (Xiao et al. 2023), activations' ranges fixed by calibration reviews that
are not among those measured; "dynamic": int8 weights, activations rounded while it runs, one scale per so many values.
"""

import argparse
import logging
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from interestlake.core.cache import cache_folder
from interestlake.text.encoder_files import export_onnx, find_encoder
from interestlake.text.engines import openvino_engine
from interestlake.text.engines.openvino_engine import OpenVinoEngine
from interestlake.text.engines.tokens import Tokens

from .quality import top_agreement
from .texts import load_texts

MAX_TOKENS, BATCH = 128, 64
ATTENTION, SECOND = ".*attention/self/MatMul.*", r".*layer\.{}/output/dense/MatMul.*"
# name -> (values per scale, None = static; products that stay in bf16)
FORMS = {
    "dynamic, per 32 values": (32, []),
    "dynamic, per 128 values": (128, []),
    "dynamic, per 384 values": (384, []),
    "static": (None, []),
    "static, attention in bf16": (None, [ATTENTION]),
    "static, second products in bf16": (None, [SECOND.format(r"\d+")]),
    "static, attention and second products 0-2 in bf16": (None, [ATTENTION, SECOND.format("[012]")]),
    "static, attention and second products 3-5 in bf16": (None, [ATTENTION, SECOND.format("[345]")]),
}


def calibration_batches(tokens: Tokens, texts: list[str]) -> list[dict[str, np.ndarray]]:
    """Inputs of `texts` in batches of eight of like length."""
    windows = tokens.windows(sorted(texts, key=len))
    found = []
    for start in range(0, len(texts), 8):
        rows = windows.ids[start : start + 8]
        ids = np.zeros((len(rows), max(map(len, rows))), np.int64)
        mask = np.zeros_like(ids)
        for at, row in enumerate(rows):
            ids[at, : len(row)], mask[at, : len(row)] = row, 1
        found.append({"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)})
    return found


def make(onnx_folder: str, target: Path, group: int | None, kept: list[str], batches: list) -> None:
    """Write the form as model.xml into `target`."""
    import nncf
    import openvino

    nncf.set_log_level(logging.ERROR)
    model = openvino.Core().read_model(f"{onnx_folder}/model.onnx")
    if group is not None:
        model = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
    else:
        scope = nncf.IgnoredScope(patterns=kept, validate=False) if kept else None
        model = nncf.quantize(model, nncf.Dataset(batches), model_type=nncf.ModelType.TRANSFORMER, ignored_scope=scope,
                              subset_size=len(batches), preset=nncf.QuantizationPreset.MIXED)  # fmt: skip
    target.mkdir()
    openvino.save_model(model, str(target / "model.xml"), compress_to_fp16=False)


def processor_seconds(engine: OpenVinoEngine, texts: list[str]) -> float:
    began = time.process_time()
    engine.encode(texts)
    return time.process_time() - began


def main(argv: list[str] | None = None) -> int:
    """One line per form."""
    parser = argparse.ArgumentParser(prog="python -m bench.embedding.int8_forms", description=__doc__)
    parser.add_argument("--texts", type=int, default=700)
    parser.add_argument("--calibration", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=4)
    options = parser.parse_args(argv)
    encoder = find_encoder("", MAX_TOKENS)
    folder, tokens = export_onnx(encoder, cache_folder()), Tokens(encoder.path, MAX_TOKENS)
    drawn = load_texts("short", options.texts + options.calibration).documents
    texts, batches = drawn[: options.texts], calibration_batches(tokens, drawn[options.texts :])
    exact = OpenVinoEngine(tokens, folder, BATCH, 1, "f32").encode(texts)
    half = OpenVinoEngine(tokens, folder, BATCH, 1, "bf16")
    print(f"  {'':<52}{'speed, bf16 = 1':>16}{'cosine':>9}{'min':>8}{'top 10':>8}")
    with tempfile.TemporaryDirectory() as place:
        for number, (name, (group, kept)) in enumerate(FORMS.items()):
            target = Path(place) / str(number)
            make(folder, target, group, kept, batches)
            openvino_engine.ACTIVATION_GROUP = group or 0
            engine = OpenVinoEngine(tokens, str(target), BATCH, 1, "int8")
            vectors = engine.encode(texts)
            cosines = (vectors * exact).sum(axis=1)
            few = texts[:120]
            pairs = [(processor_seconds(half, few), processor_seconds(engine, few)) for _ in range(options.rounds)]
            ratio = median(a / b for a, b in pairs[1:] or pairs)
            same = top_agreement(vectors, exact)
            print(f"  {name:<52}{ratio:>16.2f}{cosines.mean():>9.5f}{cosines.min():>8.4f}{same:>8.3f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
