"""Every wrong call of every command is one message and exit code 2, and no session was started for it."""

import json
import logging

import pytest

from interestlake.cli.main import main
from interestlake.cli.parser import options_of_command
from interestlake.cli.table import BY_NAME, COMMANDS
from interestlake.cli.table.command import Cut, Number, OneStage
from interestlake.core.java import expect_java
from interestlake.core.params.all import SECTIONS, section_fields


@pytest.fixture(autouse=True)
def no_spark(monkeypatch):
    """A session that nobody may start."""
    started = []
    monkeypatch.setattr("interestlake.cli.dispatch.build_session", lambda *given: started.append(given) or 1 / 0)
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession.Builder, "getOrCreate", lambda self: started.append(self) or 1 / 0)
    yield
    assert started == []


def value_of(option, folder) -> str:
    """A value that is right of its form; files and places are there, lakes are finished."""
    if option.choices:
        return option.choices[0]
    if isinstance(option.kind, Number) or option.kind in (int, float):
        return "1"
    if option.name in ("lake", "from_lake"):
        return str(folder / "lake")
    if option.file or option.place:
        return str(folder / "file.csv")
    return {"out": str(folder / "out"), "source": "sample"}.get(option.name, "5")


def call(command, folder, **instead) -> list[str]:
    """A whole call of a command, with every option that it needs; instead: option's name -> another value."""
    words, groups = [command.name], set()
    taken = {option.one_of for option in command.options if option.name in instead and option.one_of}
    for option in options_of_command(command):
        if option.name not in instead:
            needed = option.required or option.one_of or option.flag[0] != "-" or option.name in command.any_of[:1]
            if not needed or option.one_of in taken | groups:
                continue
        groups |= {option.one_of} - {None}
        value = instead.get(option.name, value_of(option, folder))
        words += [] if not option.flag.startswith("-") else [option.flag]
        words += [] if option.kind is bool else [value]
    return words


@pytest.fixture
def folder(tmp_path):
    """A folder with a file, and a lake that looks finished to whoever does not start Spark."""
    (tmp_path / "file.csv").write_text("user_id,item_id\na,b\n")
    for table in ("ops/runs", "silver/users", "silver/items"):
        (tmp_path / "lake" / table / "_delta_log").mkdir(parents=True)
    return tmp_path


def refused(words, caplog, capsys) -> str:
    """The one message that a call ends with."""
    caplog.clear()
    with caplog.at_level(logging.ERROR):
        try:
            code = main(words)
        except SystemExit as ended:
            code = ended.code
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    said = capsys.readouterr().err
    told += [line for line in said.splitlines() if line.startswith("error: ")]
    assert (code, len(told)) == (2, 1), (words, code, told, said)
    return told[0]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_words_that_no_command_has(command, folder, caplog, capsys):
    told = refused([*call(command, folder), "--sead", "3"], caplog, capsys)
    assert f"{command.name} has no option --sead" in told
    assert "did you mean --seed?" in told or "--seed" not in {option.flag for option in options_of_command(command)}
    for option in options_of_command(command):
        if option.choices:
            told = refused(call(command, folder, **{option.name: option.choices[0] + "x"}), caplog, capsys)
            assert f"did you mean {option.choices[0]}?" in told


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_numbers_that_are_none(command, folder, caplog, capsys):
    for option in options_of_command(command):
        if isinstance(option.kind, Number):
            low = option.kind.least if option.kind.above else option.kind.least - 1
            told = refused(call(command, folder, **{option.name: f"{low:g}"}), caplog, capsys)
            assert f"argument {option.flag}: found {low:g}; expected a" in told


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_files_that_are_not_there(command, folder, caplog, capsys):
    for option in options_of_command(command):
        if option.file or option.place:
            told = refused(call(command, folder, **{option.name: str(folder / "none.csv")}), caplog, capsys)
            assert "none.csv: found nothing there; expected a" in told and f"set it in {option.flag}" in told


OVER_A_LAKE = [command for command in COMMANDS if "--lake" in {option.flag for option in options_of_command(command)}]
MAKES_A_LAKE = {"run", "ingest", "support", "doctor", "read-experiment", "evaluate-logs"}


@pytest.mark.parametrize("command", OVER_A_LAKE, ids=lambda command: command.name)
def test_a_lake_that_is_not_there(command, folder, caplog, capsys):
    if command.name not in MAKES_A_LAKE:
        told = refused(call(command, folder, lake=str(folder / "lak")), caplog, capsys)
        assert "lak: found none there; expected a lake " in told and told.endswith("set it in --lake")
    elif command.on_lake and command.name != "support":
        (folder / "shut").write_text("")
        told = refused(call(command, folder, lake=str(folder / "shut")), caplog, capsys)
        assert "expected a folder on this machine" in told


ON_LAKE = [command for command in COMMANDS if command.on_lake]


@pytest.mark.parametrize("command", ON_LAKE, ids=lambda command: command.name)
def test_settings_that_are_none(command, folder, caplog, capsys):
    for option, value, told in [
        ("set", "als.rank=0", "rank=0 (--set): expected >= 1"),
        ("set", "als.rnk=3", "unknown name"),
        ("recipe", "musik", "did you mean music?"),
        ("conf", "nowhere", "no folder nowhere"),
        ("run_id", "a/b", "run id: found 'a/b'"),
    ]:
        assert told in refused(call(command, folder, **{option: value}), caplog, capsys)


@pytest.mark.parametrize("command", ON_LAKE, ids=lambda command: command.name)
def test_options_that_set_parameters_keep_their_ranges(command, folder, caplog, capsys):
    for option in command.options:
        section, _, name = (option.sets or "").partition(".")
        spec = next((one for one in section_fields(section) if one.name == name), None) if section in SECTIONS else None
        low = spec.metadata.get("low") if spec else None
        if low is not None:
            value = f"{low - 1:g}"
            words = call(command, folder)
            told = refused([*words, f"{option.flag}={value}"], caplog, capsys)
            assert value in told and "expected" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "--source", "sample", "--from", "recomend"], "did you mean recommend?"),
        (["run", "--source", "sample", "--until", "tests"], "--until: found 'tests'; expected one of ingest, prepare"),
        (["run", "--source", "sample", "--from", "report", "--until", "ingest"], "found report after ingest"),
        (["run", "--source", "sampel"], "found sampel; expected sample, or another of"),
        (["run", "--source", "sample", "--models", "popularty"], "did you mean popularity?"),
        (["run", "--source", "sample", "--from", "recommend", "--lake", "none"], "lake none: found none there"),
        (["recommend", "--models", "nosuch"], "models: found nosuch; expected among popularity"),
        (["topics", "--k", "1"], "k=1"),
        (["undo"], "undo: found nothing to do; expected --run-id"),
        (["feedback", "--user", "u"], "feedback: found nothing to do; expected --not-interested or"),
        (["check-reasons", "--people", "-1"], "people=-1 (--people): expected >= 0"),
    ],
)
def test_faults_of_single_commands(words, message, folder, caplog, capsys):
    lake = [] if "--lake" in words else ["--lake", str(folder / "lake")]
    assert message in refused([*words, *lake], caplog, capsys)


def test_a_choice_that_names_an_unknown_model(folder, caplog, capsys):
    fusion = {"segments": {}, "names": ["nosuch"], "method": "weights", "weights": [], "booster": None, "values": {},
              "discount": 0.0}  # fmt: skip
    (folder / "chosen.json").write_text(json.dumps({"fusion": fusion, "left_out": {}, "models": [{"name": "nosuch"}]}))
    words = call(BY_NAME["benchmark"], folder, chosen=str(folder / "chosen.json"))
    assert "models: found nosuch; expected among popularity" in refused(words, caplog, capsys)


def test_the_table_is_covered():
    kinds = {type(command.runs) for command in ON_LAKE}
    assert {Cut, OneStage} < kinds and len(COMMANDS) > 40


@pytest.mark.parametrize("text", ["x", "nan", "", "1.5", "1e3"])
def test_a_count_is_a_whole_number(text, folder, caplog, capsys):
    told = refused(["who", "--lake", str(folder / "lake"), f"--limit={text}"], caplog, capsys)
    assert f"argument --limit: found {text}; expected a whole number from 1 to 1000" in told


def test_a_key_that_is_too_short(folder, caplog, capsys, monkeypatch):
    monkeypatch.setenv("INTERESTLAKE_PSEUDONYM_KEY", "short")
    words = ["ingest", "--source", "movielens", "--input", str(folder), "--lake", str(folder / "new")]
    assert "found a key of 5 bytes; expected at least 16 bytes" in refused(words, caplog, capsys)


def test_the_example_mappings_are_found_outside_the_checkout(folder, monkeypatch):
    from interestlake.cli.dispatch import options_of
    from interestlake.cli.parser import build_parser
    from interestlake.sources.mapping import read_mapping

    monkeypatch.chdir(folder)
    given = ["ingest", "--source", "table", "--lake", "L", "--mapping", "conf/mappings/ratings.yml"]
    options, _, _ = options_of(BY_NAME["ingest"], build_parser().parse_args(given))
    assert read_mapping(options.mapping).source == "ratings"


def java(folder, version=None) -> str:
    """A JAVA_HOME with a program of that name, and the file that says its version."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "java").write_text("#!/bin/sh\nexit 1\n")
    (folder / "bin" / "java").chmod(0o755)
    if version:
        (folder / "release").write_text(f'IMPLEMENTOR="x"\nJAVA_VERSION="{version}"\n')
    return str(folder)


@pytest.mark.parametrize("name", ["run", "ingest", "embed", "interests", "undo", "topics"])
def test_a_wrong_java_is_told_before_anything_starts(name, folder, tmp_path, monkeypatch, caplog, capsys):
    """Without Java no library is loaded either: the start of Spark is never come to."""
    monkeypatch.setattr("interestlake.cli.dispatch._started", lambda *given: pytest.fail("it was begun"))
    words = call(BY_NAME[name], folder)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "none"))
    told = refused(words, caplog, capsys)
    assert told.startswith(
        f"error: Java: found none at {tmp_path}/none/bin/java; expected Java 17; set it in JAVA_HOME"
    )
    monkeypatch.setenv("JAVA_HOME", java(tmp_path / "eight", "1.8.0_392"))
    assert f"found 8 at {tmp_path}/eight/bin/java; expected Java 17" in refused(words, caplog, capsys)
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "found none on PATH, and no JAVA_HOME; expected Java 17" in refused(words, caplog, capsys)


@pytest.mark.parametrize("version", ["17.0.9", None])
def test_a_java_that_may_be_right_is_not_refused(version, tmp_path):
    expect_java({"JAVA_HOME": java(tmp_path, version)})
