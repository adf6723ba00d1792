"""The shell over a lake: what the commands print, read anew where the lake has changed."""

import io
import sys

import pytest

from interestlake.cli.main import main

from ..recommending.planted import item_id, user_id
from .both_ways import without_spark
from .planted_lake import SMALL

pytestmark = pytest.mark.commands


@pytest.fixture
def type_in(world, monkeypatch, capsys):
    """type_in(line, ...) -> (exit code, printed); the lines are piped, and a line may be a call."""

    def run(*lines):
        class Typed(io.StringIO):
            def readline(self, *given):
                while waiting and callable(waiting[0]):
                    waiting.pop(0)()
                return f"{waiting.pop(0)}\n" if waiting else ""

        waiting = list(lines)
        monkeypatch.setattr(sys, "stdin", Typed())
        sets = [part for name, value in SMALL.items() for part in ("--set", f"{name}={value}")]
        with without_spark(monkeypatch):
            code = main(["shell", "--lake", world.lake.root, *sets])
        return code, capsys.readouterr().out

    return run


def test_it_says_what_the_commands_say(type_in, call):
    user = user_id(3)
    asked = [
        ("list", user),
        ("who", "--limit", "3"),
        ("who", "title"),
        ("explain", user),
        ("list", user, "--csv"),
        ("explain", user, "--item", item_id(3)),
        ("explain", "--item", item_id(3)),
    ]
    code, said = type_in(*(" ".join(one) for one in asked))
    flags = {"list": ["--user"], "explain": ["--user"], "who": []}
    commands = [one if one[1].startswith("--") else (one[0], *(flags[one[0]] or ["--like"]), *one[1:]) for one in asked]
    assert code == 0 and said == "".join(call(*command)[1] for command in commands)
    assert type_in(f"profile {user}") == call("profile", "--user", user, "--text")


def test_a_lake_that_changed_is_read_anew(type_in, world, caplog):
    user = user_id(4)

    def forget_the_first():
        world.lake.delete("gold.recommendations", f"user_id = '{user}' AND rank = 1")

    code, said = type_in(f"list {user} --csv", forget_the_first, f"list {user} --csv", f"list {user} --csv")
    before, after, again = (part.splitlines()[1:] for part in said.split("rank,item_id")[1:])
    assert code == 0 and after == again == before[1:]
    assert caplog.text.count("the lake has changed (gold.recommendations): read anew") == 1


def test_piped_lines_without_an_answer_are_an_exit_code(type_in, caplog):
    code, said = type_in("list nobody", f"list {user_id(2)} --top 1")
    assert code == 2 and len(said.splitlines()) == 2 and "1 of 2 without an answer" in caplog.text


def test_no_lake_no_prompt(tmp_path, caplog):
    assert main(["shell", "--lake", str(tmp_path / "none")]) == 2 and "found none there" in caplog.text
    (tmp_path / "empty").mkdir()
    assert main(["shell", "--lake", str(tmp_path / "empty")]) == 2 and "found no silver.users" in caplog.text
