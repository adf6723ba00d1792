"""The notebooks are in Databricks source format, cover the stages in order and hold no logic."""

import ast
import itertools

import pytest

from interestlake.stages.order import STAGES

from .cells import HEADER, NOTEBOOKS, SEPARATOR, cells, is_magic


def tree(path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def stages_run(path) -> list[str]:
    """Names handed to notebook.run, with those between them filled in."""
    order = [stage.name for stage in STAGES]
    found = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "notebook.run":
            ends = [argument.value for argument in node.args]
            found += order[order.index(ends[0]) : order.index(ends[-1]) + 1]
    return found


def test_together_they_run_every_stage_once_in_order():
    assert list(itertools.chain(*map(stages_run, NOTEBOOKS))) == [stage.name for stage in STAGES]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_source_format(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == HEADER
    for cell in cells(path):
        magics = [line.startswith("# MAGIC") for line in cell.splitlines()]
        assert all(magics) or not any(magics), f"magic and Python in one cell: {cell[:80]}"
    for index, line in enumerate(lines):
        if line == SEPARATOR:
            assert (lines[index - 1], lines[index + 1]) == ("", "")
    titles = [cell for cell in cells(path) if cell.startswith("# DBTITLE 1,")]
    assert titles, "no titled cell"
    assert is_magic(cells(path)[0]) and cells(path)[0].startswith("# MAGIC %md")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_opening_cell_explains_each_stage_that_is_run(path):
    opening = cells(path)[0]
    assert [name for name in stages_run(path) if f"**{name}**" not in opening] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_logic_beside_the_library(path):
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.While, ast.Try, ast.If)
    assert [ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, kinds)] == []
    imports = [node for node in ast.walk(tree(path)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert [ast.unparse(node) for node in imports] == ["from interestlake.cli.notebook import Notebook"]
