"""The stage on a Delta lake: the file, the artifact, and the same bytes when it runs again."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from mlflow.tracking import MlflowClient

from interestlake.core.lake import Lake
from interestlake.privacy.person import Person
from interestlake.reporting.closing import closing_lines
from interestlake.serving.person_page.object import reports_of
from interestlake.stages.report import REPORT

from . import planted
from .conftest import ORDER

WRITTEN = ("silver.users", "silver.items", "gold.metrics", "ops.runs", "ops.stages")


@pytest.fixture
def short_order(monkeypatch):
    """A pipeline of five stages in place of the real order, whose summaries would change the page."""
    order = ModuleType("interestlake.stages.order")
    order.STAGES = (*ORDER, REPORT)
    monkeypatch.setitem(sys.modules, "interestlake.stages.order", order)


def test_page_and_artifact_and_same_bytes_again(stage_context, lake, frames, short_order):
    for name in WRITTEN:
        lake.write(name, frames[name], planted.RUN)
    context = stage_context(lake.root, run_id=planted.RUN)
    with context.tracker.stage("report", {}):
        figures = REPORT.run(context)
    folder = Path(lake.root) / "reports"
    page = folder / f"{planted.RUN}.html"
    assert list(folder.iterdir()) == [page]
    first = page.read_bytes()
    assert figures == {"report_bytes": len(first), "report_gaps": 3}
    assert b"No interest graph in this run" in first
    assert set(WRITTEN) == set(context.read_versions)
    client = MlflowClient(context.tracker.uri)
    runs = client.search_runs([context.tracker.experiment_id], "tags.`interestlake.stage` = 'report'")
    assert [artifact.path for artifact in client.list_artifacts(runs[0].info.run_id)] == [f"{planted.RUN}.html"]
    with context.tracker.stage("report", {}):
        REPORT.run(context)
    assert list(folder.iterdir()) == [page]
    assert page.read_bytes() == first


def test_a_lake_elsewhere_has_its_page(spark, stage_context, elsewhere, frames, short_order):
    address, folder = elsewhere
    for name in WRITTEN:
        Lake(spark, str(folder)).write(name, frames[name], planted.RUN)
    context = stage_context(address, run_id=planted.RUN)
    with context.tracker.stage("report", {}):
        figures = REPORT.run(context)
    pages = [path.name for path in (folder / "reports").iterdir() if path.suffix == ".html"]
    assert pages == [f"{planted.RUN}.html"]
    assert (folder / "reports" / pages[0]).stat().st_size == figures["report_bytes"]
    assert closing_lines(spark, context.options)[-2] == f"report  {address}/reports/{pages[0]}"


def test_the_page_shown_to_a_person_is_found_where_the_lake_lies(spark, elsewhere):
    address, folder = elsewhere
    (folder / "reports").mkdir()
    for name, text in (("a.html", "of 12345678"), ("b.html", "of nobody"), ("c.txt", "12345678")):
        (folder / "reports" / name).write_text(text)
    person = Person("1234567890abcdef", 0)
    for root in (address, str(folder)):
        assert [page.rsplit("/", 1)[-1] for page in reports_of(Lake(spark, root), person)] == ["a.html"]
    assert reports_of(Lake(spark, f"{address}/none"), person) == []
