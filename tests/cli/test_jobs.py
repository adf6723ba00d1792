"""The files of jobs/ say what is so: what they read, call and write is what the stage they run does."""

import ast
import importlib
import re
import runpy
from pathlib import Path

import pytest

from interestlake.cli import job as jobs
from interestlake.cli.dispatch import named
from interestlake.cli.table import BY_NAME, COMMANDS
from interestlake.cli.table.command import OnFiles
from interestlake.core.schemas.all import ALL
from interestlake.core.stage import Stage

from ..test_architecture import imports

FOLDER = Path(__file__).resolve().parents[2] / "jobs"
FILES = sorted(FOLDER.glob("*.py"))
# they write nothing to a lake, and what they leave is for one machine; a service is no job that ends
WITHOUT_A_JOB = {"models", "export-split", "serve"}


def told(path: Path) -> dict[str, str]:
    """{"reads": ..., "calls": ..., "writes": ...} of a job's docstring."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    parts = re.split(r"^(reads|calls|writes) {2,}", text, flags=re.MULTILINE)[1:]
    return {head: " ".join(body.split("The same as")[0].split())
            for head, body in zip(parts[::2], parts[1::2], strict=True)}  # fmt: skip


def tables_in(text: str) -> set[str]:
    """`silver.{a, b}, gold.c` -> {silver.a, silver.b, gold.c}; what is no table of the lake stands after a `;`."""
    found = re.findall(r"\b([a-z]+)\.(?:\{([^}]*)\}|([a-z_]+))", text.split(";")[0])
    named = {f"{layer}.{name.strip()}" for layer, group, single in found for name in (group or single).split(",")}
    return named & set(ALL)


def handed(path: Path, monkeypatch) -> tuple[str, object, list[str]]:
    """What a job hands to run_job: the command, the thing it runs, and its arguments."""
    given = []
    monkeypatch.setattr(jobs, "run_job", lambda command, load, argv: given.extend([command, load(), argv]) or 0)
    monkeypatch.setattr("sys.argv", [str(path), "--lake", "L"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(path), run_name="__main__")
    assert ended.value.code == 0
    return tuple(given)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_job_runs_what_its_command_runs_and_says_what_that_touches(path, monkeypatch):
    command, thing, argv = handed(path, monkeypatch)
    assert thing is named(BY_NAME[command].runs.address) and argv == ["--lake", "L"]
    said = told(path)
    for call in said["calls"].split(", "):
        module, _, name = call.rpartition(".")
        assert callable(getattr(importlib.import_module(f"interestlake.{module}"), name)), call
    if isinstance(thing, tuple):
        assert tables_in(said["writes"]) == {"ops.runs", "ops.stages"}.union(*(stage.writes for stage in thing))
        places = [said["writes"].index(f"{stage.name}: ") for stage in thing]
        assert places == sorted(places)
    if isinstance(thing, Stage):
        assert tables_in(said["reads"]) == set(thing.reads)
        assert tables_in(said["writes"]) == set(thing.writes)
        stage_module = BY_NAME[command].runs.address.split(":")[0]
        used = imports(Path(importlib.import_module(f"interestlake.{stage_module}").__file__))
        for call in said["calls"].split(", "):
            assert f"interestlake.{call}" in used or f"interestlake.{call.rpartition('.')[0]}" in used, call


def test_every_command_over_a_lake_has_a_job():
    commands = {re.search(r'run_job\("([a-z-]+)"', path.read_text(encoding="utf-8"))[1] for path in FILES}
    over_lakes = {command.name for command in COMMANDS if not isinstance(command.runs, OnFiles)}
    assert commands == over_lakes - WITHOUT_A_JOB
