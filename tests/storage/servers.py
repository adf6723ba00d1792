"""File systems that speak over the network, started on this machine's loopback and ended by process id."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "storage"
BUCKET = "lakes"
KEYS = {"AWS_ACCESS_KEY_ID": "tests-only", "AWS_SECRET_ACCESS_KEY": "tests-only", "AWS_DEFAULT_REGION": "us-east-1"}
START_S = 180.0


@dataclass(frozen=True)
class Store:
    """A file system that answers: where lakes go, what a session needs to reach it, and an MLflow store beside it.

    environment: what names it to readers without Spark; empty where its address is enough.
    """

    root: str
    properties: dict[str, str]
    tracking_uri: str
    environment: dict[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def process(command: list[str], log: Path, environment: dict[str, str] | None = None) -> Iterator[subprocess.Popen]:
    """A process of its own group whose output goes to `log`; ended afterwards, the group with it."""
    with open(log, "wb") as output:
        made = subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=log.parent, start_new_session=True,
            env={**os.environ, **(environment or {})},
        )  # fmt: skip
    try:
        yield made
    finally:
        os.killpg(made.pid, 15)
        try:
            made.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(made.pid, 9)
            made.wait(20)


def await_that(there, made: subprocess.Popen, log: Path) -> None:
    """Until `there()`; an AssertionError with the end of the log where the process ends first, or time is up."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and made.poll() is None:
        if there():
            return
        time.sleep(0.2)
    raise AssertionError(f"{made.args[0]} did not answer:\n{log.read_text(errors='replace')[-3000:]}")


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@contextmanager
def s3(folder: Path) -> Iterator[Store]:
    """An S3 server (moto) with one bucket, and an MLflow server that keeps its artefacts there."""
    port, python = free_port(), str(CACHE / "venv" / "bin" / "python")
    endpoint, log = f"http://127.0.0.1:{port}", folder / "s3.log"
    with ExitStack() as stack:
        command = [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
        made = stack.enter_context(process(command, log, KEYS))
        await_that(lambda: answers(f"{endpoint}/moto-api/"), made, log)
        bucket = urllib.request.Request(f"{endpoint}/{BUCKET}", method="PUT")
        urllib.request.urlopen(bucket, timeout=10).close()
        hadoop = {
            "endpoint": endpoint,
            "path.style.access": "true",
            "connection.ssl.enabled": "false",
            "access.key": KEYS["AWS_ACCESS_KEY_ID"],
            "secret.key": KEYS["AWS_SECRET_ACCESS_KEY"],
        }
        properties = {f"spark.hadoop.fs.s3a.{name}": value for name, value in hadoop.items()}
        own = ("hadoop-aws", "aws-java-sdk", "wildfly-openssl")
        jars = sorted(str(path) for path in (CACHE / "jars").iterdir() if any(name in path.name for name in own))
        assert len(jars) == len(own)
        properties["spark.jars"] = ",".join([".cache/jars/graphframes.jar", *jars])
        destination = f"s3://{BUCKET}/mlflow"
        uri = stack.enter_context(
            mlflow_server(folder, python, destination, {**KEYS, "MLFLOW_S3_ENDPOINT_URL": endpoint})
        )
        named = {**KEYS, "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true"}
        yield Store(f"s3a://{BUCKET}", properties, uri, named)


@contextmanager
def mlflow_server(folder: Path, python: str, destination: str, environment: dict[str, str]) -> Iterator[str]:
    """The address of an MLflow server whose clients send it artefacts, which it keeps at `destination`."""
    port, log = free_port(), folder / "mlflow.log"
    command = [python, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{folder / 'mlflow.db'}", "--artifacts-destination", destination]
    with process(command, log, environment) as made:
        await_that(lambda: answers(f"http://127.0.0.1:{port}/health"), made, log)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def hdfs(folder: Path) -> Iterator[Store]:
    """HDFS with one data node; MLflow's store on this disk, for HDFS needs native libraries of whoever writes there."""
    spark, log, told = Path(os.environ["SPARK_HOME"]) / "jars", folder / "hdfs.log", folder / "hdfs.json"
    logging = [str(path) for path in sorted(spark.glob("log4j-*.jar"))]
    java = [str(Path(os.environ["JAVA_HOME"]) / "bin" / "java"), "-Xmx512m"]
    java += [f"-Dtest.build.data={folder / 'hdfs'}", f"-Dhadoop.log.dir={folder}"]
    java += ["-cp", ":".join([str(CACHE / "jars" / "*"), *logging]), "org.apache.hadoop.test.MiniDFSClusterManager"]
    command = [*java, "-datanodes", "1", "-nnport", "0", "-format", "-writeDetails", str(told)]
    with process(command, log) as made:
        await_that(told.is_file, made, log)
        root = f"hdfs://127.0.0.1:{json.loads(told.read_text())['namenode_port']}"
        yield Store(root, {"spark.hadoop.dfs.replication": "1"}, f"sqlite:///{folder / 'mlflow.db'}", {})


STORES = {"s3a": s3, "hdfs": hdfs}
