"""What a person types wrong is one message and exit code 2, before Spark starts."""

import logging

import pytest

from interestlake.cli.dispatch import options_of
from interestlake.cli.main import main
from interestlake.cli.parser import build_parser
from interestlake.cli.table import BY_NAME

INGEST = ["ingest", "--source", "sample", "--lake"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--set", "als.rank=["], "--set als.rank=[: found while parsing"),
        (["--set", "als.rank=@x"], "--set als.rank=@x: found"),
        (["--set", "als.rank=2024-13-45"], "--set als.rank=2024-13-45: found month must be in 1..12"),
        (["--run-id", "r" * 300], "run id: found 300 characters; expected at most 128"),
        (["--set", "recommend.models=[nosuch,ease]"], "models: found nosuch; expected among popularity"),
        (["--input", "nowhere/[a].csv"], "input nowhere/[a].csv: found nothing there"),
        (
            ["--source", "movilens"],
            "source: found movilens; expected movielens, or another of amazon-reviews",
        ),
        (["--source", "table"], "mapping: found none; expected a YAML file"),
    ],
)
def test_one_message(tmp_path, caplog, more, message):
    with caplog.at_level(logging.ERROR):
        assert main([*INGEST, str(tmp_path / "lake"), *more]) == 2
    assert message in caplog.text
    assert not (tmp_path / "lake").exists()


BOMB = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{b}: &{b} [{', '.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(("text", "message"), [("rank: [", "readable YAML"), (BOMB, "at most 100,000 values"),
                                               ("a: &a [*a]", "at most 100,000 values"),
                                               ("rank: 1\nrank: 2", "'rank' given twice"),
                                               (b"rank: \xff", "in UTF-8"), ("- 1", "found list")])  # fmt: skip
def test_faults_of_conf(tmp_path, caplog, text, message):
    (tmp_path / "params").mkdir()
    (tmp_path / "params" / "als.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with caplog.at_level(logging.ERROR):
        assert main([*INGEST, str(tmp_path / "lake"), "--conf", str(tmp_path)]) == 2
    assert message in caplog.text and "als.yml" in caplog.text


def test_a_lake_that_is_a_file(tmp_path, caplog):
    (tmp_path / "lake").write_text("x")
    with caplog.at_level(logging.ERROR):
        assert main([*INGEST, str(tmp_path / "lake")]) == 2
    assert "expected a folder on this machine that can be written" in caplog.text


def test_inputs_after_one_flag_or_several_and_paths_like_schemes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "co:lon").mkdir()
    for given in (["--input", "a", "co:lon", "s3a:b"], ["--input", "a", "--input", "co:lon", "--input", "s3a:b"]):
        arguments = build_parser().parse_args([*INGEST, "lake", *given])
        options, _, _ = options_of(BY_NAME["ingest"], arguments)
        assert options.inputs == ("a", str(tmp_path / "co:lon"), "s3a:b")
