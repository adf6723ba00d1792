"""Rows per second of the embed stage, or of both stages of texts, as texts grow: a fresh process and lake a size.

The engine is a stub: numpy multiplies the letters of each text's hash by a fixed matrix. So what is measured is all
that stands around an engine: finding the new texts, slices, tasks, Arrow, commits.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import numpy as np
import psutil
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from .random_encoder import write_encoder

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "out" / "bench" / "embedding"
WIDTH, WORDS_EACH, VOCABULARY = 384, 60, 5_000
WARMING = 2_000  # texts of a first lake, for the JVM compiles what it runs often
FLAT = 1.15  # seconds a text grow by at most so much


def growth(sizes: Sequence[int], slice_texts: int, annotate: bool) -> int:
    """Prints a row per size: rows/s of the stages whole and of the embedding alone, each beside the size before."""
    OUT.mkdir(parents=True, exist_ok=True)
    print(f"{psutil.cpu_count()} cores, load {psutil.getloadavg()[0]:.1f}; the engine is a stub, a projection of the "
          f"text's hash by numpy; slices of {slice_texts:,} texts")  # fmt: skip
    before = 0.0
    for size in sizes:
        with tempfile.TemporaryDirectory(dir=OUT) as folder:
            command = [sys.executable, "-W", "ignore", "-m", __name__, str(size), str(slice_texts), folder]
            done = subprocess.run([*command, *(["--annotate"] if annotate else [])], cwd=ROOT, check=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)  # fmt: skip
        figures = json.loads(done.stdout.splitlines()[-1])
        rate = size / figures["embed"]
        beside = f"{rate / before:>6.2f} of the size before: {'flat' if rate * FLAT >= before else 'MISS'}" * (
            before > 0
        )
        stages = "  ".join(f"{stage} {figures[stage]:.1f} s {size / figures[stage]:,.0f} rows/s" for stage in figures)
        print(f"  {size:>9,} texts  {stages}  {beside}", flush=True)
        before = rate
    return 0


def documents(spark: SparkSession, count: int, seed: int) -> DataFrame:
    """`count` reviews of WORDS_EACH generated words, all different, as silver.documents."""
    drawn = F.expr(f"transform(sequence(1, {WORDS_EACH}), at -> concat('w', pmod(hash(id, at, {seed}), {VOCABULARY})))")
    texts = spark.range(count).select(F.concat_ws(" ", F.col("id"), F.array_join(drawn, " ")).alias("text"))
    return texts.selectExpr(
        "sha2(text, 256) AS doc_id", "sha2(text, 256) AS text_hash", "'review' AS kind", "'i' AS item_id",
        "'u' AS user_id", "text", "CAST(NULL AS double) AS rating", "CAST(NULL AS timestamp) AS event_ts",
        "'train' AS split",
    )  # fmt: skip


def projection(*_: object) -> Callable[[DataFrame], DataFrame]:
    """texts(text_hash, text) -> (text_hash, vector) of unit length, in place of an engine in the Python workers."""
    plane = np.random.default_rng(0).standard_normal((64, WIDTH), dtype=np.float32)

    def encode(batches):
        import pyarrow as pa

        for batch in batches:
            if batch.num_rows:
                letters = np.array(batch.column(0).to_pylist(), "S64").view(np.uint8).reshape(-1, 64)  # (rows, 64)
                vectors = (letters.astype(np.float32) - 75) @ plane  # (rows, WIDTH)
                vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
                offsets = np.arange(0, vectors.size + 1, WIDTH, dtype=np.int32)
                lists = pa.ListArray.from_arrays(pa.array(offsets), pa.array(vectors.ravel()))
                yield pa.RecordBatch.from_arrays([batch.column(0), lists], ["text_hash", "vector"])

    return lambda texts: texts.mapInArrow(encode, "text_hash string, vector array<float>")


def measured(size: int, slice_texts: int, annotate: bool, folder: Path) -> dict[str, float]:
    """Stage -> its seconds on a new lake of `size` texts, after a small one that warmed the JVM up."""
    from interestlake.core.config import RunOptions, load_params
    from interestlake.core.lake import Lake
    from interestlake.core.pipeline import run_stages
    from interestlake.core.session import build_session
    from interestlake.stages.annotate import ANNOTATE
    from interestlake.stages.embed import EMBED, EMBEDDINGS

    spark = build_session(str(ROOT / "conf"), "local")
    encoder = write_encoder(folder / "encoder", ["w"], hidden=16, layers=1, heads=2, inner=16, positions=32)
    settings = {"embed.engine": "torch", "embed.model_path": str(encoder), "embed.max_tokens": 32}
    params = load_params(None, {**settings, "embed.texts_per_commit": slice_texts})
    stages = (ANNOTATE, EMBED) if annotate else (EMBED,)
    seconds: dict[str, float] = {}
    for count in (WARMING, size):
        lake = Lake(spark, str(folder / f"lake-{count}"))
        lake.write("silver.documents", documents(spark, count, seed=count), "planted")
        options = RunOptions(lake=lake.root, run_id="bench", tracking_uri=f"sqlite:///{folder}/mlflow-{count}.db")
        with mock.patch("interestlake.text.embed._by_workers", projection):
            figures = run_stages(spark, stages, params, options)
        rows = lake.read("ops.stages").collect()
        assert lake.read(EMBEDDINGS).select("text_hash").distinct().count() == count == lake.read(EMBEDDINGS).count()
        seconds = {row["stage"]: row["seconds"] for row in rows} | {"vectors": figures["embed"]["embed_seconds"]}
    spark.stop()
    return seconds


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("size", type=int)
    parser.add_argument("slice_texts", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--annotate", action="store_true")
    told = parser.parse_args()
    print(json.dumps(measured(told.size, told.slice_texts, told.annotate, told.folder)))
