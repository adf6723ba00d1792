"""The torch engine on a GPU beside sentence-transformers in float16: no Java, no Spark, no download.

Needs torch, transformers and sentence-transformers. Without --model the encoder has MiniLM's shape and random weights,
which says all about speed and nothing about meaning; the cosine is to the same weights in float32.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import torch

from .alternate import alternate
from .embedding.random_encoder import write_encoder
from .embedding.texts import Texts, load_texts

SPEED_GOAL, WASTE_GOAL, COSINE_GOAL, MAX_TOKENS = 3.0, 0.05, 0.999, 128


def peak_flops(device: torch.device, kind: torch.dtype) -> float:
    """What this device's matrix products reach in this number format: the best of some large squares, measured."""
    size = 8192 if device.type == "cuda" else 512
    one, other = (torch.randn(size, size, device=device, dtype=kind) for _ in range(2))
    best = float("inf")
    for _ in range(8):
        waited(device)
        began = time.perf_counter()
        one @ other
        waited(device)
        best = min(best, time.perf_counter() - began)
    return 2 * size**3 / best


def waited(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def flops_of(lengths: np.ndarray, config) -> float:
    """Multiplications and additions of one pass over texts of these lengths: products with weights, and attention."""
    width, inner = config.hidden_size, config.intermediate_size
    products = 2 * lengths.sum() * (4 * width**2 + 2 * width * inner)
    attention = 4 * (lengths.astype(float) ** 2).sum() * width
    return config.num_hidden_layers * (products + attention)


def compare(texts: Texts, folder: Path, device: torch.device, kind: str, rounds: int) -> None:
    """Prints one block: both speeds, padding, share of the peak, cosine, and the goals."""
    from sentence_transformers import SentenceTransformer

    from interestlake.text.engines.tokens import Tokens
    from interestlake.text.engines.torch_engine import TorchEngine

    on_gpu = device.type == "cuda"
    number = {"f16": torch.float16, "bf16": torch.bfloat16, "f32": torch.float32}[kind]
    tokens = Tokens(str(folder), MAX_TOKENS)
    address = str(device.index or 0) if on_gpu else None
    engine = TorchEngine(tokens, str(folder), 64, os.cpu_count() or 1, address, kind, pack=True)
    peer = SentenceTransformer(str(folder), device=str(device))
    peer.max_seq_length = MAX_TOKENS
    # half precision without a GPU is emulated: a functional run compares like with like
    peer = peer.half() if on_gpu else peer
    documents = texts.documents
    lengths = tokens.windows(documents).lengths
    vectors = {}

    def ours():
        vectors["ours"] = engine.encode(documents)

    def theirs():
        vectors["theirs"] = peer.encode(documents, batch_size=32, normalize_embeddings=True, show_progress_bar=False)

    found = alternate(ours, theirs, rounds)
    exact = TorchEngine(tokens, str(folder), 64, os.cpu_count() or 1, address, "f32").encode(documents)
    cosines = (vectors["ours"] * exact).sum(axis=1)
    ratio = median(b / a for a, b in zip(found.ours, found.theirs, strict=True))
    reached = flops_of(lengths, engine.model.bert.config) / median(found.ours)
    peak = peak_flops(device, next(engine.model.parameters()).dtype)
    way = "padded" if engine.packed is None else "packed, " + engine.packed.attend.__name__.strip("_") + " attention"
    print(f"\n{texts.name}: {len(documents):,} texts, {lengths.sum():,} tokens; ours {kind}, {way}")
    for name, seconds in (("this engine", found.ours), ("sentence-transformers", found.theirs)):
        best = median(seconds)
        print(f"  {name:<24}{len(documents) / best:>10,.0f} rows/s {lengths.sum() / best:>12,.0f} tokens/s")
    print(f"  {reached / 1e12:.2f} TFLOP/s = {reached / peak:.1%} of the measured peak in {number} ({peak / 1e12:.1f})")
    marks = (
        (f"{ratio:.2f} x sentence-transformers{' f16' if on_gpu else ''}, goal {SPEED_GOAL:.0f}", ratio >= SPEED_GOAL),
        (f"padding {engine.counts.waste:.1%}, goal < {WASTE_GOAL:.0%}", engine.counts.waste < WASTE_GOAL),
        (f"least cosine to f32 {cosines.min():.5f}, goal {COSINE_GOAL}", cosines.min() >= COSINE_GOAL),
    )
    for said, reached_goal in marks:
        word = ("hit" if reached_goal else "MISS") if on_gpu else "no goal without a GPU"
        print(f"  {said}: {word}", flush=True)


def main(argv: list[str] | None = None) -> int:
    """0 whatever the times, and where there is no GPU, which is said."""
    parser = argparse.ArgumentParser(prog="python -m bench.embed_gpu", description=__doc__)
    parser.add_argument("--device", default="cuda", help="cuda, cuda:1, or cpu for a functional run")
    parser.add_argument("--texts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", nargs="+", default=["f16", "bf16"], choices=["f16", "bf16", "f32"])
    parser.add_argument("--sets", nargs="+", default=["short", "long"], choices=["short", "long"])
    parser.add_argument("--model", type=Path, help="a Hugging Face folder of a BERT; default: random weights")
    options = parser.parse_args(argv)
    device = torch.device(options.device)
    if device.type == "cuda" and not torch.cuda.is_available():
        print(
            "bench-embed-gpu: torch sees no CUDA GPU here, so nothing was measured. --device cpu runs the same code "
            "on the CPU with few texts, to see that it works; its speed says nothing about a GPU"
        )
        return 0
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    card = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU: a functional run"
    count = options.texts if device.type == "cuda" else min(options.texts, 40)
    print(f"{card}, torch {torch.__version__}, {options.rounds} rounds in turns")
    with tempfile.TemporaryDirectory() as place:
        sets = [load_texts(name, count) for name in options.sets]
        words = sorted({word for texts in sets for text in texts.documents for word in text.lower().split()[:60]})
        shape = {} if device.type == "cuda" else {"layers": 2}
        folder = options.model or write_encoder(Path(place) / "encoder", words[:30_000], **shape)
        for texts in sets:
            for kind in options.precision:
                compare(texts, folder, device, kind, options.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
