"""Which engine computes the vectors: named by the configuration, or measured on an executor."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pyspark.sql import SparkSession

from ..core.errors import BadInput
from .embed import engine_of_task
from .encoder_files import EncoderFiles
from .task_encoder import onnx_for_tasks, path_for_tasks

# below so many texts loading and measuring take longer than the faster engine saves
MEASURED_TEXTS = 20_000
SAMPLE_TEXTS = 96
NEAR_EXACT_COSINE = 0.999
FAST_COSINE = 0.99
PROBED = "engine string, precision string, load_seconds double, rows_per_second double, min_cosine double, fault string"


@dataclass(frozen=True)
class Choice:
    """An engine, its number format, and why it was taken."""

    engine: str
    precision: str
    why: str = "set in embed.engine"


@dataclass(frozen=True)
class Probe:
    """What one engine showed on the sample: seconds to load, rows per second, least cosine to float32, or its fault."""

    engine: str
    precision: str
    load_seconds: float
    rows_per_second: float
    min_cosine: float
    fault: str | None = None

    def seconds(self, rows: int, tasks: int) -> float:
        """What `rows` would take on `tasks` tasks side by side, each loading the model once."""
        return self.load_seconds + rows / (self.rows_per_second * tasks)


def choose_engine(engine: str, task_has_gpu: bool) -> str:
    """ "auto" -> torch where each task holds a GPU, else onnx: what few texts get without measuring; others stay."""
    if engine != "auto":
        return engine
    return "torch" if task_has_gpu else "onnx"


def precision_of(engine: str, goal: str, task_has_gpu: bool) -> str:
    """The number format of an engine under embed.precision. Raises BadInput where it has no fast one."""
    if goal == "exact" or (goal == "near_exact" and engine in ("onnx", "spark_nlp")):
        return "f32"
    if engine == "torch":
        if goal == "near_exact" or task_has_gpu:
            return "f16" if task_has_gpu else "bf16"
    elif engine == "openvino":
        return "bf16" if goal == "near_exact" else "int8"
    elif engine == "spark_nlp":
        return "int8"
    raise BadInput.of(
        "embed.precision", found=f"fast with engine {engine}", expected="engine auto, openvino, spark_nlp, or a GPU",
        where="conf/params/embed.yml",
    )  # fmt: skip


def candidates(goal: str, task_has_gpu: bool, family: str) -> list[tuple[str, str]]:
    """(engine, precision) pairs that `auto` measures, the plain one first: it is the measure of the others."""
    if task_has_gpu and family != "onnx":
        return [("torch", "f32")] if goal == "exact" else [("torch", "f32"), ("torch", "f16"), ("torch", "bf16")]
    engines = [("onnx", "f32"), ("openvino", "f32" if goal == "exact" else "bf16")]
    return [*engines, ("openvino", "int8")] if goal == "fast" else engines


def probe_engines(
    spark: SparkSession,
    pairs: Sequence[tuple[str, str]],
    encoder: EncoderFiles,
    folders: dict[str, str],
    batch_size: int,
    texts: Sequence[str],
) -> list[Probe]:
    """Each of `pairs` over `texts` on one executor, one after another. Runs 1 Spark job of one task.

    folders: precision -> folder of its ONNX or quantised model. The cosine is to the first pair's vectors. A pair that
    cannot be loaded there has its fault instead of figures.
    """
    sample, asked = list(texts), list(pairs)
    engines = {engine for engine, _ in asked}
    encoder = replace(encoder, path=path_for_tasks(spark, "torch" if "torch" in engines else "onnx", encoder.path))
    folders = {precision: onnx_for_tasks(spark, "onnx", folder) for precision, folder in folders.items()}

    def probe(_: object):
        import time

        import pandas as pd

        rows, exact = [], None
        for engine, precision in asked:
            try:
                began = time.perf_counter()
                loaded = engine_of_task(engine, precision, encoder, folders.get(precision, folders["f32"]), batch_size)
                vectors = loaded.encode(sample)  # the first pass compiles for the shapes
                loading = time.perf_counter() - began
                began = time.perf_counter()
                loaded.encode(sample)
                seconds = time.perf_counter() - began
                exact = vectors if exact is None else exact
                cosine = float((vectors * exact).sum(axis=1).min())
                rows.append((engine, precision, max(loading - seconds, 0.0), len(sample) / seconds, cosine, None))
            except Exception as error:  # what this executor lacks is no fault of the run
                said = " ".join(str(error).split())[:200]
                rows.append((engine, precision, 0.0, 0.0, 0.0, f"{type(error).__name__}: {said}"))
        yield pd.DataFrame(rows, columns=[one.split()[0] for one in PROBED.split(", ")])

    probed = spark.range(0, 1, 1, 1).mapInPandas(probe, PROBED).collect()
    return [Probe(**row.asDict()) for row in probed]


def fastest(probes: Sequence[Probe], goal: str, rows: int, tasks: int) -> Choice:
    """The probe that would end first among those near enough to float32.

    Near enough: least cosine >= 0.999, under "fast" >= 0.99. Raises BadInput where no engine could be loaded.
    """
    least = FAST_COSINE if goal == "fast" else NEAR_EXACT_COSINE
    able = [probe for probe in probes if probe.fault is None and probe.min_cosine >= least]
    if not able:
        found = "; ".join(f"{probe.engine}: {probe.fault or probe.min_cosine}" for probe in probes)
        raise BadInput.of("embed.engine=auto", found=found, expected="one that loads", where="the executors")
    best = min(able, key=lambda probe: probe.seconds(rows, tasks))
    said = "; ".join(_told(probe, rows, tasks) for probe in probes)
    return Choice(best.engine, best.precision, f"measured per task for {rows} rows on {tasks} tasks: {said}")


def _told(probe: Probe, rows: int, tasks: int) -> str:
    if probe.fault:
        return f"{probe.engine} {probe.precision} {probe.fault}"
    speed = f"{probe.rows_per_second:.0f} rows/s, cosine {probe.min_cosine:.5f}, {probe.seconds(rows, tasks):.0f} s"
    return f"{probe.engine} {probe.precision} {speed}"
