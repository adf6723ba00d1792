"""Rows per second of the embed transform on a standalone cluster: one worker of one core, then two."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
STANDALONE = ROOT / "infra" / "standalone"
GOAL = 1.7


def scaling(texts: int, rounds: int) -> int:
    """Prints both speeds and their ratio, in turns on one running cluster of two workers."""
    import pyspark

    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    with tempfile.TemporaryDirectory() as place:
        started = subprocess.run([STANDALONE / "start.sh", place, "--workers", "2", "--cores", "1"], check=True,
                                 capture_output=True, text=True)  # fmt: skip
        try:
            seconds: dict[int, list[float]] = {1: [], 2: []}
            for turn in range(rounds):
                for cores in (1, 2)[:: 1 if turn % 2 else -1]:
                    command = [sys.executable, "-W", "ignore", "-m", __name__, started.stdout.strip()]
                    done = subprocess.run([*command, str(cores), str(texts)], cwd=ROOT, check=True,
                                          capture_output=True, text=True)  # fmt: skip
                    seconds[cores].append(json.loads(done.stdout.splitlines()[-1])["seconds"])
        finally:
            subprocess.run([STANDALONE / "stop.sh", place], check=True, capture_output=True)
    one, two = median(seconds[1]), median(seconds[2])
    ratio = median(a / b for a, b in zip(seconds[1], seconds[2], strict=True))
    print(
        f"{texts} texts, openvino bf16, {rounds} rounds in turns: 1 worker {texts / one:.0f} rows/s, 2 workers "
        f"{texts / two:.0f} rows/s, ratio {ratio:.2f}, goal {GOAL}: {'hit' if ratio >= GOAL else 'MISS'}"
    )
    return 0


def measured(master: str, cores: int, count: int) -> float:
    """Seconds of the second pass over `count` texts with `cores` executors of one core each."""
    import time

    from interestlake.core.session import build_session
    from interestlake.text.embed import embed

    from .contenders import model_of
    from .texts import load_texts

    settings = {
        "spark.master": master, "spark.cores.max": str(cores), "spark.driver.host": "127.0.0.1",
        "spark.scheduler.minRegisteredResourcesRatio": "1.0",
    }  # fmt: skip
    spark = build_session(str(ROOT / "conf"), "standalone", settings)
    encoder, folder = model_of("openvino", "bf16", [])
    texts = load_texts("short", count).documents
    rows = [(f"{row:08d}", text) for row, text in enumerate(texts)]
    frame = spark.createDataFrame(rows, "text_hash string, text string").repartition(2).cache()
    vectors = frame.transform(embed(spark, "openvino", encoder, folder, 64, cores, "bf16"))
    for _ in range(2):
        began = time.perf_counter()
        vectors.write.format("noop").mode("overwrite").save()
        seconds = time.perf_counter() - began
    spark.stop()
    return seconds


if __name__ == "__main__":
    print(json.dumps({"seconds": measured(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))}))
