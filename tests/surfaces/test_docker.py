"""What the image copies is there, what it installs is the lock, and the entry point calls what Spark expects."""

import os
import re
import stat
import subprocess

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "infra" / "docker"
DOCKERFILE = (FOLDER / "Dockerfile").read_text(encoding="utf-8")


def test_every_path_that_is_copied_is_there_and_let_through_by_the_ignore_file():
    allowed = [line[1:] for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"]
    copied = [word for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]]
    assert len(copied) > 8
    for path in copied:
        assert (ROOT / path).exists(), path
        assert any(path == entry or path.startswith(f"{entry}/") for entry in allowed), path


def test_packages_come_from_the_hashed_lock_and_no_address_stands_in_the_file():
    assert "pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock" in DOCKERFILE
    assert "://" not in DOCKERFILE
    assert DOCKERFILE.count("FROM python:3.11") == 1 and "openjdk-17-jre-headless" in DOCKERFILE


def test_the_profiles_of_the_image_name_no_jars_and_keep_the_rest(tmp_path):
    edit = re.search(r"sed -i -E '([^']+)'", DOCKERFILE).group(1)
    for profile in (ROOT / "conf" / "spark").glob("*.properties"):
        source = profile.read_text(encoding="utf-8")
        edited = subprocess.run(["sed", "-E", edit], input=source, capture_output=True, text=True, check=True).stdout
        removed = [line.split()[0] for line in source.splitlines() if line not in edited.splitlines()]
        assert set(removed) <= {"spark.jars", "spark.jars.packages", "spark.jars.excludes"}
        assert "spark.jars.packages" in removed and "spark.jars" not in edited.replace("spark.jars.", "")


@pytest.fixture
def entrypoint(tmp_path):
    """call(*words, **environment) -> the words that would be executed; `tini` prints them."""
    tini = tmp_path / "tini"
    tini.write_text("#!/usr/bin/env bash\nprintf '%s\\n' \"$@\"\n")
    tini.chmod(tini.stat().st_mode | stat.S_IEXEC)

    def call(*words, **environment):
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SPARK_HOME": "/spark"}
        script = ["bash", str(FOLDER / "entrypoint.sh"), *words]
        return subprocess.run(script, env={**path, **environment}, capture_output=True, text=True)

    return call


def test_executor(entrypoint):
    done = entrypoint(
        "executor",
        SPARK_JAVA_OPT_0="-Da=1",
        SPARK_JAVA_OPT_1="-Db=2 3",
        SPARK_JAVA_OPT_10="-Dk=11",
        SPARK_JAVA_OPT_2="-Dc=3",
        SPARK_EXECUTOR_MEMORY="4g",
        SPARK_DRIVER_URL="spark://d",
        SPARK_EXECUTOR_ID="7",
        SPARK_EXECUTOR_CORES="2",
        SPARK_APPLICATION_ID="app",
        SPARK_EXECUTOR_POD_IP="10.0.0.7",
        SPARK_RESOURCE_PROFILE_ID="0",
        SPARK_EXECUTOR_POD_NAME="exec-7",
    )
    words = done.stdout.splitlines()
    assert words[:3] == ["-s", "--", "java"]
    assert words[3:7] == ["-Da=1", "-Db=2 3", "-Dc=3", "-Dk=11"]
    assert words[7:9] == ["-Xms4g", "-Xmx4g"]
    assert words[9:12] == ["-cp", "/spark/jars/*", "org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend"]
    assert dict(zip(words[12::2], words[13::2], strict=True)) == {
        "--driver-url": "spark://d",
        "--executor-id": "7",
        "--cores": "2",
        "--app-id": "app",
        "--hostname": "10.0.0.7",
        "--resourceProfileId": "0",
        "--podName": "exec-7",
    }


def test_driver(entrypoint):
    done = entrypoint("driver", "--properties-file", "/p", "local:///j.py", SPARK_DRIVER_BIND_ADDRESS="10.0.0.1")
    words = done.stdout.splitlines()
    assert words[2] == "/spark/bin/spark-submit"
    assert words[3:7] == [
        "--conf",
        "spark.driver.bindAddress=10.0.0.1",
        "--conf",
        "spark.executorEnv.SPARK_DRIVER_POD_IP=10.0.0.1",
    ]
    assert words[7:] == ["--deploy-mode", "client", "--properties-file", "/p", "local:///j.py"]


def test_any_command_and_none(entrypoint):
    assert entrypoint("interestlake", "run").stdout.splitlines() == ["-s", "--", "interestlake", "run"]
    assert entrypoint().returncode == 2
