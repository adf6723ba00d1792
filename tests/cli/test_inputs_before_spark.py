"""Inputs that lack what their source reads, and runs that nobody can take back, are told before Spark starts."""

import pytest

from interestlake.cli.main import main
from interestlake.sources.registry import EXPECTED, LOADERS

from ..delta_files import write_delta


@pytest.fixture(autouse=True)
def no_spark(monkeypatch):
    monkeypatch.setattr("interestlake.cli.dispatch._started", lambda *given: pytest.fail("Spark was begun"))


def refused(words, caplog) -> str:
    caplog.clear()
    assert main(words) == 2, caplog.text
    (told,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    return told


def folder(place, *names) -> str:
    place.mkdir(parents=True)
    for name in names:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("a,b\n1,2\n")
    return str(place)


def test_every_source_says_which_files_it_needs():
    assert {*EXPECTED, "table", "sample"} == set(LOADERS)


@pytest.mark.parametrize("source", [*EXPECTED, "table"])
@pytest.mark.parametrize("command", ["run", "ingest"])
def test_no_input_and_one_without_the_files(source, command, tmp_path, caplog):
    words = [command, "--source", source, "--lake", str(tmp_path / "lake")]
    words += ["--mapping", "conf/mappings/ratings.yml"] if source == "table" else []
    assert "input: found none; expected at least one file or folder" in refused(words, caplog)
    told = refused([*words, "--input", folder(tmp_path / "other", "notes.txt")], caplog)
    assert told.endswith("set it in --input") and "; expected " in told
    assert not (tmp_path / "lake").exists()


def test_a_second_file_that_is_needed(tmp_path, caplog):
    words = ["run", "--lake", str(tmp_path / "lake"), "--source"]
    told = refused([*words, "movielens", "--input", folder(tmp_path / "m", "ml/ratings.csv")], caplog)
    assert "movies: found ml/ratings.csv; expected movies.csv" in told
    told = refused([*words, "movielens", "--input", folder(tmp_path / "d", "ratings.dat.gz", "movies.csv")], caplog)
    assert "expected movies.dat" in told
    files = ("user_artists.dat", "artists.dat", "user_taggedartists.dat")
    told = refused([*words, "lastfm", "--input", folder(tmp_path / "l", *files)], caplog)
    assert "names of tags" in told and "expected tags.dat" in told
    told = refused([*words, "amazon-reviews", "--input", folder(tmp_path / "a", "meta.json")], caplog)
    assert "reviews: found meta.json" in told
    told = refused([*words, "movielens", "--input", folder(tmp_path / "h", ".ratings.csv", "_x/movies.csv")], caplog)
    assert "found no files under" in told


def test_links_that_lead_back_end(tmp_path, caplog):
    place = folder(tmp_path / "m", "notes.txt")
    (tmp_path / "m" / "round").symlink_to(tmp_path / "m")
    words = ["run", "--source", "movielens", "--lake", str(tmp_path / "lake"), "--input", place]
    assert "found notes.txt" in refused(words, caplog).replace("round/", "")


def test_an_undo_of_a_run_that_is_none(tmp_path, caplog):
    undo = "undo-gone-20260101T000000-000000"
    write_delta(tmp_path / "ops" / "runs", {"run_id": ["r1", undo], "source": ["sample", "undo"]})
    words = ["undo", "--lake", str(tmp_path), "--run-id"]
    for more in ([], ["--dry-run"]):
        assert "run nosuch: found no such run in this lake; expected one like r1" in refused(
            [*words, "nosuch", *more], caplog
        )
        assert f"run {undo}: found an undo" in refused([*words, undo, *more], caplog)
    assert "found no such run" in refused([*words, "gone", "--dry-run"], caplog)
    with pytest.raises(pytest.fail.Exception):  # an undo that was killed near its end goes on
        main([*words, "gone"])


@pytest.mark.parametrize(("words", "told"), [
    (["run", "--source", "movilens"], "expected movielens, or another of amazon-reviews"),
    (["run", "--source", "sample", "--users", "0"], "sample_users=0 (--users): expected >= "),
    (["run", "--source", "sample", "--set", "als.rnk=64"], "max_gigabytes; did you mean rank?"),
    (["run", "--source", "sample", "--set", "asl.rank=64"], "; did you mean als?"),
])  # fmt: skip
def test_what_was_meant_is_said_once(words, told, tmp_path, caplog):
    said = refused([*words, "--lake", str(tmp_path / "lake")], caplog)
    assert told in said and said.count("movielens") <= 1


def test_a_misspelt_field_of_a_mapping(tmp_path, caplog):
    (tmp_path / "m.yml").write_text(
        "events:\n  files: a.csv\n  format: csv\n  event_type: view\n  time_unt: millis\n"
        "  columns: {user_id: u, item_id: i, timestmp: t}\nitms: {}\n"
    )
    words = ["run", "--source", "table", "--lake", str(tmp_path / "lake"), "--input", folder(tmp_path / "i", "a.csv")]
    said = refused([*words, "--mapping", str(tmp_path / "m.yml")], caplog)
    for meant in ("timestamp", "time_unit", "items"):
        assert f"; did you mean {meant}?" in said


def test_a_request_that_lost_its_quotes(tmp_path, capsys):
    for words in (["films", "for", "me"], ["films", "--top", "3", "for", "me"]):
        with pytest.raises(SystemExit) as ended:
            main(["ask", "--lake", str(tmp_path), *words])
        assert ended.value.code == 2
        assert 'ask: found 3 words; expected one request, in quotes: "films for me"' in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["who", "u1", "--lake", str(tmp_path)])
    assert "unrecognized arguments: u1" in capsys.readouterr().err
