"""Wherever the sources are listed, all of them are."""

import ast
import re
from pathlib import Path

from interestlake.cli.table.shared import SOURCES
from interestlake.reporting.wording import SOURCES as LABELS
from interestlake.sources import LOADERS

ROOT = Path(__file__).resolve().parents[2]


def test_every_source_is_an_option_and_has_a_label():
    assert sorted(SOURCES) == sorted(LOADERS)
    assert set(LABELS) - {"feedback"} == set(LOADERS)


def test_every_source_is_in_the_dag():
    tree = ast.parse((ROOT / "infra/airflow/dags/interestlake.py").read_text())
    named = {node.targets[0].id: node.value for node in tree.body if isinstance(node, ast.Assign)}
    assert ast.literal_eval(named["SOURCES"]) == list(SOURCES)


def test_every_source_is_on_the_pages_that_list_them():
    for page in ("docs/sources.md", "README.md", "infra/databricks/databricks.yml"):
        text = (ROOT / page).read_text(encoding="utf-8")
        assert [name for name in LOADERS if not re.search(rf"\b{name}\b", text)] == [], page
