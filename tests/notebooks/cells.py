"""Databricks source format -> cells: the parts between the COMMAND lines, magics apart from Python."""

from pathlib import Path

from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
HEADER, SEPARATOR = "# Databricks notebook source", "# COMMAND ----------"


def cells(path: Path) -> list[str]:
    """The cells of a notebook, in order, without the header."""
    text = path.read_text(encoding="utf-8")
    return [cell.strip() for cell in text.removeprefix(HEADER).split(SEPARATOR)]


def is_magic(cell: str) -> bool:
    return cell.startswith("# MAGIC")
