"""Each start-up fault that people meet is planted, and the one line that becomes a fault names it and its fix."""

import os
import sqlite3
import time
from collections import namedtuple

import pytest

from interestlake.cli.doctor import command, lake, machine, spark
from interestlake.cli.doctor.check import GIB, Check, Given
from interestlake.cli.main import main
from interestlake.core.blas import VARIABLE, Trial
from interestlake.core.errors import BadInput

from ..delta_files import write_delta

KEY = "a key of more than sixteen bytes"
SETTINGS = {"spark.master": "local[2]", "spark.driver.memory": "1m"}


def given(environ=None, settings=None, **more) -> Given:
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **(environ or {})}
    return Given(environ, {**SETTINGS, **(settings or {})}, more.pop("profile", "local"), **more)


def script(folder, name: str, says: str) -> str:
    """A program that prints `says` to standard error, as `java -version` does."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{says}\nEND\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("says", "major"),
    [
        ('java version "1.8.0_392"', 8),
        ('openjdk version "11.0.21" 2023-10-17', 11),
        ('openjdk version "17.0.9" 2023-10-17\nOpenJDK 64-Bit Server VM', 17),
        ('Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21.0.1" 2023-10-17', 21),
        ('openjdk version "24-ea" 2025-03-18', 24),
    ],
)
def test_only_java_17_is_fit(says, major, tmp_path):
    script(tmp_path / "bin", "java", says)
    for environ in ({"PATH": f"{tmp_path}/bin:/usr/bin:/bin"}, {"JAVA_HOME": str(tmp_path)}):
        check = machine.java(given(environ))
        assert check.found.startswith(f"{major} at {tmp_path}") and check.ok == (major == 17)
        assert check.ok or "set JAVA_HOME" in check.fix


def test_no_java_at_all(tmp_path):
    assert "none on PATH" in machine.java(given({"PATH": str(tmp_path)})).found
    assert f"none at {tmp_path}/bin/java, of JAVA_HOME" in machine.java(given({"JAVA_HOME": str(tmp_path)})).found
    script(tmp_path / "bin", "java", "Error: could not find libjava.so")
    assert "could not find libjava.so" in machine.java(given({"JAVA_HOME": str(tmp_path)})).found


def test_the_kernel_that_is_at_work_and_arithmetic_that_is_wrong(monkeypatch):
    own = {name: value for name, value in os.environ.items() if name != VARIABLE}
    check = machine.algebra(given(own))
    assert check.ok and str(check).startswith("ok     OpenBLAS") and "kernel " in check.found
    asked = machine.algebra(given({**own, VARIABLE: "Nehalem"}))
    assert asked.ok and asked.found == f"kernel Nehalem; {VARIABLE}=Nehalem"
    monkeypatch.setattr(machine, "trial", lambda environ: Trial(("SkylakeX",), False))
    wrong = machine.algebra(given({**own, VARIABLE: "SkylakeX"}))
    assert not wrong.ok and "SkylakeX" in wrong.found and wrong.fix == f"unset {VARIABLE}"


def test_no_openmp(monkeypatch):
    assert machine.openmp(given()).ok
    monkeypatch.setattr(machine, "OPENMP", "libnone.so.1")
    check = machine.openmp(given())
    assert check.found == "no libnone.so.1" and "libgomp1" in check.fix


def test_workers_of_another_python(tmp_path):
    other = tmp_path / "python3"
    other.write_text("#!/bin/sh\necho 3.9\n")
    other.chmod(0o755)
    assert machine.python(given()).ok
    check = machine.python(given({"PYSPARK_PYTHON": str(other)}))
    assert not check.ok and check.found.startswith("3.9 at PYSPARK_PYTHON=")
    assert "no PYSPARK_PYTHON=" in machine.python(given({"PYSPARK_PYTHON": "no-such-python"})).found


Disk = namedtuple("Disk", "f_bavail f_frsize f_files f_favail f_flag")
ROOMY = Disk(100 * GIB // 4096, 4096, 1000, 900, 0)


@pytest.mark.parametrize(
    ("disk", "found", "fix"),
    [
        (ROOMY._replace(f_bavail=1000), "0.0 GiB free in", "make room"),
        (ROOMY._replace(f_favail=0), "no further file free in", "make room"),
        (ROOMY._replace(f_flag=os.ST_NOEXEC), "mounted noexec", "-Djava.io.tmpdir"),
    ],
)
def test_the_temporary_folder(disk, found, fix, monkeypatch):
    monkeypatch.setattr(os, "statvfs", lambda place: ROOMY)
    assert machine.temporary(given()).ok
    monkeypatch.setattr(os, "statvfs", lambda place: disk)
    check = machine.temporary(given())
    assert found in check.found and fix in check.fix


def test_a_temporary_folder_of_the_profile_that_is_none(tmp_path):
    check = machine.temporary(given(settings={"spark.local.dir": str(tmp_path / "none")}))
    assert not check.ok and "cannot be written" in check.found


def test_a_home_that_is_read_only(monkeypatch, tmp_path):
    assert machine.home(given({"HOME": str(tmp_path)})).ok
    monkeypatch.setattr(os, "statvfs", lambda place: ROOMY._replace(f_flag=os.ST_RDONLY))
    check = machine.home(given({"HOME": str(tmp_path)}, key_file=str(tmp_path / "none")))
    assert "cannot be written" in check.found and "spark.jars.ivy and INTERESTLAKE_PSEUDONYM_KEY" in check.fix
    needless = given({"HOME": str(tmp_path), "INTERESTLAKE_PSEUDONYM_KEY": KEY}, {"spark.jars.ivy": "/ivy"})
    assert machine.home(needless).ok


def test_memory_is_weighed_against_the_driver_s(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "CGROUP", tmp_path / "memory.max")
    assert machine.memory(given()).ok
    check = machine.memory(given(settings={"spark.driver.memory": "9000g"}))
    assert not check.ok and "conf/spark/local.properties" in check.fix
    (tmp_path / "memory.max").write_text(f"{GIB}\n")  # a container's limit
    assert machine.memory(given(settings={"spark.driver.memory": "2g"})).found.startswith("1.0 GiB free of 1.0")
    assert [machine.as_bytes(text) for text in ("512m", "4g", "10", "2GB")] == [512 << 20, 4 << 30, 10, 2 << 30]


def test_a_name_without_an_address(monkeypatch):
    def nowhere(name):
        raise OSError(-2, "Name or service not known")

    assert machine.host(given({"SPARK_LOCAL_IP": "127.0.0.1"})).ok
    monkeypatch.setattr(machine.socket, "gethostbyname", nowhere)
    check = machine.host(given())
    assert "has no address (Name or service not known)" in check.found and "/etc/hosts" in check.fix


def test_an_address_of_another_machine(monkeypatch):
    monkeypatch.setattr(machine.socket, "gethostbyname", lambda name: "192.0.2.1")  # of no machine (RFC 5737)
    assert "no port of 192.0.2.1 can be used" in machine.host(given()).found


def test_clocks(tmp_path):
    assert machine.clock(given()).ok and not machine.clock(given(), now=0.0).ok
    log = tmp_path / "lake" / "ops" / "runs" / "_delta_log"
    log.mkdir(parents=True)
    made = time.time()
    (log / "00000000000000000000.json").write_text('{"commitInfo":{"timestamp":1000}}\n')
    (log / "00000000000000000001.json").write_text(f'{{"commitInfo":{{"timestamp":{1000 * made:.0f}}}}}\n')
    asked = given(lake=str(tmp_path / "lake"))
    assert lake.times(asked, now=made + 1).ok and lake.tables(asked).ok
    check = lake.times(asked, now=made - 3600)
    assert "3,600 s after this machine's clock" in check.found and "set the clock" in check.fix
    (tmp_path / "lake" / "ops" / "stages" / "_delta_log").mkdir(parents=True)
    assert "ops/stages has no commit" in lake.tables(asked).found


def test_the_pseudonym_key(tmp_path, monkeypatch):
    missing = given(key_file=str(tmp_path / "none"))
    assert lake.key(missing).ok and not (tmp_path / "none").exists()
    monkeypatch.setattr(lake, "_key_marks", lambda asked: {lake.key_mark(KEY.encode())})
    assert "no file" in lake.key(missing).found and "bring the key" in lake.key(missing).fix
    variable = "INTERESTLAKE_PSEUDONYM_KEY"
    assert lake.key(given({variable: KEY})).found == f"variable {variable}, the one of this lake"
    assert "is not the key of this lake's people" in lake.key(given({variable: KEY[::-1]})).found
    short = lake.key(given({variable: "short"}))
    assert short.found.startswith("5 bytes") and KEY[::-1] not in str(short)


def test_the_mark_of_a_real_lake_is_read_without_spark(tmp_path):
    marks = [lake.key_mark(KEY.encode()), lake.key_mark(lake.SAMPLE_KEY)]
    write_delta(tmp_path / "ops" / "sources", {"key_mark": marks})
    assert lake._key_marks(given(lake=str(tmp_path))) == {lake.key_mark(KEY.encode())}


def test_stores(tmp_path):
    path = tmp_path / "mlflow.db"
    asked = given(store=f"sqlite:///{path}")
    assert "made by the first run" in lake.store(asked).found
    path.write_text("no store")
    assert not lake.store(asked).ok
    path.unlink()
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE runs (id INTEGER)")
    assert ", 0 runs" in lake.store(asked).found
    assert not lake.store(given(store="http://127.0.0.1:9/")).ok


JARS = {"spark.jars.packages": "io.delta:delta-spark_2.12:3.3.2"}


def test_jars_and_a_proxy_that_java_does_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(spark, "_answers", lambda name, port: False)
    offline = spark.jars(given({"HOME": str(tmp_path)}, JARS))
    assert "repo1.maven.org does not answer" in offline.found and "make setup" in offline.fix
    behind = {"HOME": str(tmp_path), "HTTPS_PROXY": "http://proxy.example:3128"}
    check = spark.proxy(given(behind, JARS))
    assert "-Dhttps.proxyHost=proxy.example -Dhttps.proxyPort=3128" in check.fix
    assert spark.proxy(given({**behind, "JAVA_TOOL_OPTIONS": "-Dhttps.proxyHost=proxy.example"}, JARS)).ok
    (tmp_path / ".ivy2" / "jars").mkdir(parents=True)
    (tmp_path / ".ivy2" / "jars" / "io.delta_delta-spark_2.12-3.3.2.jar").write_text("")
    assert spark.jars(given({"HOME": str(tmp_path)}, JARS)).ok and spark.proxy(given(behind, JARS)).ok


def test_a_master_that_does_not_answer(monkeypatch):
    cluster = given(settings={"spark.master": "spark://localhost:1"}, profile="standalone")
    assert "infra/standalone/start.sh" in spark.master(cluster).fix
    monkeypatch.setattr(spark, "_answers", lambda name, port: (name, port) == ("localhost", 1))
    assert spark.master(cluster).ok and spark.master(given()).ok


def test_a_gpu_is_a_fault_for_the_profile_that_needs_it_alone(tmp_path):
    none = {"PATH": str(tmp_path)}
    assert machine.gpu(given(none)).ok and not machine.gpu(given(none, profile="gpu")).ok
    script(tmp_path, "nvidia-smi", "GPU 0: NVIDIA H200 (UUID: GPU-1)")
    assert machine.gpu(given({"PATH": f"{tmp_path}:/usr/bin:/bin"}, profile="gpu")).found == "GPU 0: NVIDIA H200"


@pytest.mark.parametrize("place", ["/proc/self/lake", "some%lake"])
def test_a_lake_that_cannot_be_made(place):
    check = lake.disk(given(lake=place))
    assert not check.ok and place in check.found


def test_the_command_prints_a_line_each_and_ends_with_2(monkeypatch, capsys, caplog):
    monkeypatch.setattr(
        command, "LOOKS", (lambda given: Check("a", "fine"), lambda given: Check("b", "bad", "mend it"))
    )
    assert main(["doctor"]) == 2
    assert capsys.readouterr().out == "ok     a             fine\nfault  b             bad; mend it\n"
    assert "doctor: found 1 fault: b; expected none" in caplog.text
    monkeypatch.setattr(command, "LOOKS", (lambda given: Check("a", "fine"),))
    assert main(["doctor"]) == 0


def test_a_look_that_fails_is_a_fault_and_others_go_on(monkeypatch):
    def broken(given):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(command, "LOOKS", (broken, lambda given: Check("a", "fine")))
    first, second = command.looked_at(given())
    assert not first.ok and "Permission denied" in first.found and second.ok


def test_it_starts_no_spark(monkeypatch):
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession.Builder, "getOrCreate", lambda self: 1 / 0)
    try:
        command.doctor(build("doctor"), None)
    except BadInput as fault:
        assert "doctor: found " in str(fault)


def build(*words):
    from interestlake.cli.parser import build_parser

    return build_parser().parse_args(words)


def test_a_lake_on_an_object_store_needs_a_client_and_a_store():
    asked = given(lake="s3a://bucket/lake")
    assert "no client of S3" in lake.disk(asked).found and "hadoop-aws" in lake.disk(asked).fix
    packages = {"spark.jars.packages": "a:b:1,org.apache.hadoop:hadoop-aws:3.3.4"}
    assert lake.disk(given(settings=packages, lake="s3a://bucket/lake")).ok
    assert not lake.store(asked).ok and "MLFLOW_TRACKING_URI" in lake.store(asked).fix
    assert lake.disk(given(lake="hdfs://host:8020/lake")).ok
