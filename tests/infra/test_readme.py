"""The README says what is so: its table of stages is the stages', its links and make targets are there."""

import importlib
import re
from pathlib import Path

from interestlake.stages.order import STAGES

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def tables_in(cell: str) -> set[str]:
    """`silver.{a, b}`, `gold.c` -> {silver.a, silver.b, gold.c}."""
    named = re.findall(r"`([a-z]+)\.(?:\{([^}]*)\}|([a-z_]+))`", cell)
    found = {f"{layer}.{name.strip()}" for layer, group, single in named for name in (group or single).split(",")}
    return {name for name in found if not name.startswith("interestlake.")}


def test_the_table_of_stages_is_true():
    rows = [line.strip("|").split("|") for line in README.splitlines() if "](jobs/" in line]
    assert [row[0].strip() for row in rows] == [stage.name for stage in STAGES]
    for (_, job, reads, calls, writes), stage in zip(rows, STAGES, strict=True):
        assert job.strip() == f"[jobs/{stage.name}.py](jobs/{stage.name}.py)"
        assert tables_in(reads) == set(stage.reads), stage.name
        assert tables_in(writes) == set(stage.writes), stage.name
        for call in re.findall(r"`([\w.]+)`", calls):
            module, _, function = call.rpartition(".")
            assert callable(getattr(importlib.import_module(f"interestlake.{module}"), function)), call


def test_links_and_targets_are_there():
    assert [link for link in re.findall(r"\]\(([^)#]+)\)", README) if not (ROOT / link).exists()] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+(?:-[a-z]+)*)", README)) <= targets


def test_named_parameters_exist():
    from interestlake.core.config import flat
    from interestlake.core.params.all import SECTIONS, Params

    named = re.findall(rf"`(?:--set )?((?:{'|'.join(SECTIONS)})\.[a-z_]+)[`=]", README)
    assert named and set(named) <= set(flat(Params()))
