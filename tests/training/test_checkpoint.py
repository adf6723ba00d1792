"""A training state goes with the lake: another machine finds it there."""

import torch

from interestlake.training.checkpoint import FOLDER, Checkpoint, states_below

STATE = {"fingerprint": "f", "weights": torch.arange(3.0), "history": {"steps": [10]}}


def test_a_lake_of_this_disk_keeps_the_state_itself(spark, tmp_path):
    saved = Checkpoint.of_lake(spark, str(tmp_path / "a lake"), "r1")
    assert (saved.path, saved.address) == (tmp_path / "a lake" / FOLDER / "r1.pt", None)
    saved.save(STATE)
    assert torch.equal(saved.load("f")["weights"], STATE["weights"]) and saved.load("other") is None
    saved.remove()
    assert saved.load("f") is None and list(saved.path.parent.iterdir()) == []


def test_another_machine_goes_on_with_a_lake_elsewhere(spark, elsewhere, tmp_path, monkeypatch):
    address, folder = elsewhere
    for machine in ("one", "other", "third"):
        (tmp_path / machine).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "one"))
    first = Checkpoint.of_lake(spark, address, "r1")
    assert first.load("f") is None
    first.save({**STATE, "history": {"steps": [5]}})
    first.save(STATE)
    copies = [path.name for path in (folder / FOLDER).iterdir() if not path.name.startswith(".")]
    assert copies == ["r1.pt"]
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "other"))
    other = Checkpoint.of_lake(spark, address, "r1")
    assert other.path != first.path and other.load("f")["history"] == {"steps": [10]}
    other.save({**STATE, "history": {"steps": [20]}})
    assert first.load("f")["history"] == {"steps": [20]}  # the copy is newer than what this machine has
    other.remove()
    assert first.load("f") is None


def test_what_a_kill_leaves_beside_the_state_is_not_read(spark, elsewhere):
    address, folder = elsewhere
    saved = Checkpoint.of_lake(spark, address, "r2")
    saved.save(STATE)
    (folder / FOLDER / "r2.pt.part").write_bytes(b"half")
    assert saved.load("f")["history"] == STATE["history"]
    saved.save({**STATE, "history": {"steps": [30]}})
    assert saved.load("f")["history"] == {"steps": [30]}


def test_a_fit_that_knows_no_lake_keeps_its_state_with_the_run_s(spark, elsewhere, tmp_path, monkeypatch):
    address, folder = elsewhere
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "one"))
    alone = Checkpoint.of_fit("sasrec-1")
    assert (alone.path, alone.address) == (tmp_path / "one" / "interestlake" / "sasrec-1.pt", None)
    with states_below(spark, address, "r3"):
        Checkpoint.of_fit("sasrec-1").save(STATE)
    assert (folder / FOLDER / "r3-sasrec-1.pt").is_file()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "other"))
    with states_below(spark, address, "r3"):
        again = Checkpoint.of_fit("sasrec-1")
        assert again.load("f")["history"] == {"steps": [10]}
        again.remove()
    assert not (folder / FOLDER / "r3-sasrec-1.pt").exists()
    assert Checkpoint.of_fit("sasrec-1").address is None


def test_rows_of_tables_lie_beside_the_state_elsewhere(spark, elsewhere, tmp_path, monkeypatch):
    address, folder = elsewhere
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "one"))
    first = Checkpoint.of_lake(spark, address, "r4")
    for look in ("1-a", "2-a"):
        first.save_rows(f"{look}/table-0-0", {"weight": torch.arange(2.0) + int(look[0])})
    first.save(STATE)
    first.drop_rows("1-a")
    assert not list((tmp_path / "one").rglob("*-0-0*"))  # this disk keeps none of them
    assert [path.name for path in (folder / FOLDER / "r4.rows").iterdir()] == ["2-a"]
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "other"))
    other = Checkpoint.of_lake(spark, address, "r4")
    assert other.load_rows("2-a/table-0-0")["weight"].tolist() == [2.0, 3.0]
    other.remove()
    assert not [path for path in (folder / FOLDER).iterdir() if path.name.startswith("r4")]
