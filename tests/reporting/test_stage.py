"""The stage on a Delta lake: the file, the artifact, and the same bytes when it runs again."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from mlflow.tracking import MlflowClient

from interestlake.core.errors import BadInput
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


def test_report_folder_must_be_local(stage_context, short_order):
    context = stage_context("s3://bucket/lake", run_id=planted.RUN)
    with pytest.raises(BadInput, match="expected a local folder; set it in --report-dir"):
        REPORT.run(context)
