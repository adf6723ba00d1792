"""Folders for tasks: as they lie on one machine; on a cluster one archive per content. tests/cluster has a real one."""

import zipfile
from types import SimpleNamespace

import pytest

from interestlake.core import task_files
from interestlake.core.task_files import BROUGHT, for_tasks, here


class Listed(list):
    """A Scala sequence as Py4J shows it."""

    def length(self) -> int:
        return len(self)

    def apply(self, number: int) -> str:
        return self[number]


@pytest.fixture
def cluster(tmp_path):
    """What of a session on a cluster is asked: .brought has the archives."""
    brought = Listed()
    context = SimpleNamespace(
        master="spark://host:7077",
        addArchive=brought.append,
        _jsc=SimpleNamespace(sc=lambda: SimpleNamespace(listArchives=lambda: brought)),
    )
    conf = SimpleNamespace(get=lambda key, default: str(tmp_path) if key == "spark.local.dir" else default)
    return SimpleNamespace(sparkContext=context, conf=conf, brought=brought)


@pytest.fixture
def encoder(tmp_path):
    folder = tmp_path / "encoder"
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "tokenizer.json").write_text("{}")
    (folder / "1_Pooling" / "config.json").write_text("mean")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_one_machine_sees_the_folder_itself(cluster, encoder):
    cluster.sparkContext.master = "local[2]"
    assert for_tasks(cluster, str(encoder)) == str(encoder) == here(str(encoder))
    assert cluster.brought == []


def test_a_cluster_gets_what_was_chosen_once(cluster, encoder):
    address = for_tasks(cluster, str(encoder), encoder.rglob("*.json"))
    assert for_tasks(cluster, str(encoder), encoder.rglob("*.json")) == address == for_tasks(cluster, address)
    (archive,) = cluster.brought
    packed, name = archive.split("#")
    assert address == BROUGHT + name
    with zipfile.ZipFile(packed) as files:
        assert sorted(files.namelist()) == ["1_Pooling/config.json", "tokenizer.json"]
        assert files.read("1_Pooling/config.json") == b"mean"


def test_other_contents_or_names_are_another_archive(cluster, encoder):
    first = for_tasks(cluster, str(encoder))
    (encoder / "model.safetensors").write_bytes(b"tuned")
    second = for_tasks(cluster, str(encoder))
    (encoder / "tokenizer.json").rename(encoder / "other.json")
    assert len({first, second, for_tasks(cluster, str(encoder))}) == 3 == len(cluster.brought)


def test_a_task_asks_spark_for_what_was_brought(monkeypatch, tmp_path):
    monkeypatch.setattr("pyspark.SparkFiles.get", lambda name: str(tmp_path / name))
    assert here(f"{BROUGHT}interestlake-1") == str(tmp_path / "interestlake-1")
    assert task_files.here("") == ""
