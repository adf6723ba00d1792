"""Jars of the set-up on the class path: taken for the settings they were resolved for, and for no others."""

import os

import pytest

from interestlake.core import class_path
from interestlake.core.class_path import appended, own_jars, record_jars, resolved_jars, without_jars
from interestlake.core.session import with_graphframes

SETTINGS = {"spark.master": "local[2]", "spark.jars.packages": "a:b:1", "spark.jars.excludes": "c:d", "spark.x": "y"}


@pytest.fixture
def record(tmp_path):
    jars = [tmp_path / "one.jar", tmp_path / "two.jar"]
    for jar in jars:
        jar.write_bytes(b"PK")
    record_jars(SETTINGS, [str(jar) for jar in jars], tmp_path / "record.json")
    return tmp_path / "record.json"


def test_the_recorded_files_serve_the_settings_they_were_resolved_for(record, tmp_path):
    assert resolved_jars(SETTINGS, record) == [str(tmp_path / "one.jar"), str(tmp_path / "two.jar")]


@pytest.mark.parametrize(
    "changed",
    [
        {"spark.jars.packages": "a:b:2"},
        {"spark.jars.excludes": ""},
        {"spark.master": "spark://host:7077"},  # executors elsewhere need the jars shipped
        {"spark.master": "yarn"},
    ],
)
def test_other_settings_resolve_their_own(record, changed):
    assert resolved_jars({**SETTINGS, **changed}, record) == []


def test_a_file_that_is_gone_or_no_record_means_resolving_again(record, tmp_path):
    (tmp_path / "two.jar").unlink()
    assert resolved_jars(SETTINGS, record) == []
    assert resolved_jars(SETTINGS, tmp_path / "nothing.json") == []


def test_settings_lose_their_jars_and_gain_the_archive_that_is_there(tmp_path):
    settings = {**SETTINGS, "spark.jars": "no/graphframes.jar", "spark.driver.extraJavaOptions": "-Xss4m"}
    assert without_jars(settings, tmp_path / "none") == {
        "spark.master": "local[2]",
        "spark.x": "y",
        "spark.driver.extraJavaOptions": "-Xss4m",
    }
    (tmp_path / "a b.jsa").write_bytes(b"")
    options = without_jars(settings, tmp_path / "a b.jsa")["spark.driver.extraJavaOptions"]
    assert options == f'-Xss4m "-XX:SharedArchiveFile={tmp_path / "a b.jsa"}"'


def test_jars_of_ones_own_stay_beside_the_recorded_ones(tmp_path):
    link, own = tmp_path / "graphframes.jar", tmp_path / "hadoop-aws.jar"
    own.write_bytes(b"PK")
    named = {**SETTINGS, "spark.jars": f"{link}, {own},hdfs://host/far.jar"}
    assert with_graphframes(named, "/wheel/graphframes-1.jar") == f"/wheel/graphframes-1.jar,{own},hdfs://host/far.jar"
    link.write_bytes(b"PK")
    assert with_graphframes(named, "/wheel/graphframes-1.jar") == f"{link},{own},hdfs://host/far.jar"
    assert own_jars(named) == [str(own)]
    assert without_jars(named, tmp_path / "none")["spark.jars"] == "hdfs://host/far.jar"


@pytest.mark.parametrize("before", [None, "/own.jar"])
def test_the_variable_is_put_back_also_after_a_failed_start(monkeypatch, before):
    monkeypatch.delenv(class_path.APPENDED, raising=False)
    if before:
        monkeypatch.setenv(class_path.APPENDED, before)
    with pytest.raises(RuntimeError), appended(["a.jar", "b.jar"]):
        assert os.environ[class_path.APPENDED] == os.pathsep.join(["a.jar", "b.jar", *filter(None, [before])])
        raise RuntimeError
    assert os.environ.get(class_path.APPENDED) == before


@pytest.mark.skipif(not class_path.RECORD.is_file(), reason="`make setup` has not recorded the jars")
def test_spark_s_own_jars_come_first_in_the_running_jvm(spark):
    entries = spark.sparkContext._jvm.java.lang.System.getProperty("java.class.path").split(os.pathsep)
    (own, *_) = [place for place, entry in enumerate(entries) if "spark-core_" in entry]
    (delta, *_) = [place for place, entry in enumerate(entries) if "delta-spark_" in entry]
    assert own < delta
