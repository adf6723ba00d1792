"""Where checkpoints lie: on this machine's disk, or below the lake where other hosts read them."""

import pytest

from interestlake.core.lineage import FOLDER, checkpoints_below, cut, slices
from interestlake.core.params.all import Als
from interestlake.core.session import on_one_machine
from interestlake.graph.als import factors, fit_als


@pytest.mark.parametrize("master", ["local", "local[2]", "local[*]", "local-cluster[2,1,1024]"])
def test_a_local_master_sees_the_drivers_disk(master):
    assert on_one_machine(master)


@pytest.mark.parametrize("master", ["spark://localhost:7077", "yarn", "k8s://https://host:443"])
def test_hosts_of_a_cluster_do_not(master):
    assert not on_one_machine(master)


@pytest.fixture
def cluster_session(spark, monkeypatch):
    """The session as a cluster's: its master says so, and it has no folder of checkpoints."""
    java, own = spark.sparkContext._jsc.sc(), spark.sparkContext.getCheckpointDir()
    option = spark._jvm.scala.Option
    put = getattr(java, "checkpointDir_$eq")
    put(option.empty())
    monkeypatch.setattr("interestlake.core.lineage.on_one_machine", lambda master: False)
    yield spark
    put(option.apply(own))


def test_a_cluster_keeps_checkpoints_below_the_lake_while_the_run_goes_on(cluster_session, tmp_path):
    place = tmp_path / FOLDER / "r1"
    place.mkdir(parents=True)
    (place / "of-a-killed-run").touch()
    with checkpoints_below(cluster_session, str(tmp_path), "r1"):
        rows = cut(cluster_session.range(5).selectExpr("id * 2 AS n"), eager=False)
        assert sorted(row["n"] for row in rows.collect()) == [0, 2, 4, 6, 8]
        assert list(place.glob("*/rdd-*/part-*")) and not (place / "of-a-killed-run").exists()
        assert "Range" not in rows._jdf.queryExecution().toString()
    assert not place.exists()
    with checkpoints_below(cluster_session, str(tmp_path), "r2"):
        assert f"/{FOLDER}/r2/" in cluster_session.sparkContext.getCheckpointDir()


def test_a_folder_given_to_the_session_stays_in_use(cluster_session, tmp_path):
    cluster_session.sparkContext.setCheckpointDir(str(tmp_path / "own"))
    with checkpoints_below(cluster_session, str(tmp_path / "lake"), "r"):
        cut(cluster_session.range(3))
    assert list((tmp_path / "own").glob("*/rdd-*")) and not (tmp_path / "lake").exists()


def test_als_checkpoints_its_tenth_sweep_below_the_lake(cluster_session, tmp_path):
    rows = [(u, i, 1.0) for u in range(8) for i in range(6) if (u + i) % 3]
    train = cluster_session.createDataFrame(rows, "user_index int, item_index int, weight double")
    with checkpoints_below(cluster_session, str(tmp_path), "als"):
        people, items = factors(fit_als(Als(rank=2, iterations=11), seed=1)(train))
        assert list((tmp_path / FOLDER / "als").glob("*/rdd-*/part-*"))
        assert (people.count(), items.count()) == (8, 6)


def test_one_machine_writes_no_checkpoint_of_a_frame(spark, tmp_path):
    before = spark.sparkContext.getCheckpointDir()
    with checkpoints_below(spark, str(tmp_path), "r"):
        assert cut(spark.range(4)).count() == 4
    assert spark.sparkContext.getCheckpointDir() == before and not list(tmp_path.iterdir())


def test_slices_are_ranges_in_files_of_their_own_and_hold_every_row_once(spark, tmp_path):
    rows = spark.range(1000).selectExpr("sha(string(id)) AS key", "id")
    for _ in range(2):  # again over what a killed run left
        parts = slices(rows, "key", 3, 2, str(tmp_path))
    files = [part.inputFiles() for part in parts]
    assert [len(names) for names in files] == [2, 2, 2] and len({name for names in files for name in names}) == 6
    read = [sorted(tuple(row) for row in part.collect()) for part in parts]
    assert [row for part in read for row in part] == sorted(tuple(row) for row in rows.collect())
    assert all(200 < len(part) < 470 for part in read)
