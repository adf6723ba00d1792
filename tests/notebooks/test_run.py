"""Every notebook, cell by cell and in order, on a small generated world."""

from types import SimpleNamespace

import pytest

from interestlake.cli.notebook import DEFAULTS
from interestlake.core.lake import Lake
from interestlake.stages.order import STAGES

from .cells import NOTEBOOKS, cells, is_magic

pytestmark = pytest.mark.surfaces
SETTINGS = (
    "annotate.lda_topics=4 annotate.lda_iterations=3 graph.hub_interests=3 graph.pagerank_iterations=4 als.rank=8 "
    "als.iterations=4 two_tower.epochs=2 tune.quick=true promote.min_gain=-1"
)


@pytest.fixture(scope="module")
def executed(spark, tmp_path_factory):
    """.lake, .shown (rows per notebook), .root of one pass over all notebooks."""
    root = tmp_path_factory.mktemp("notebooks")
    shown = {}
    values = {
        "lake": str(root / "lake"),
        "users": "40",
        "set": SETTINGS,
        "tracking_uri": f"sqlite:///{root / 'mlflow.db'}",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**DEFAULTS, **values}.items():
            patch.setenv(f"INTERESTLAKE_{name.upper()}", value)
        for path in NOTEBOOKS:
            frames = shown[path.stem] = []
            namespace = {"spark": spark, "display": lambda rows, frames=frames: frames.append(rows.collect())}
            for cell in cells(path):
                if not is_magic(cell):
                    exec(compile(cell, path.name, "exec"), namespace)  # noqa: S102
    return SimpleNamespace(lake=Lake(spark, values["lake"]), shown=shown, root=root)


def test_every_stage_finished_under_the_run_id(executed):
    done = executed.lake.read("ops.stages").where("run_id = 'notebook'").select("stage").collect()
    assert sorted(row.stage for row in done) == sorted(stage.name for stage in STAGES)


def test_every_table_that_the_stages_name_is_there(executed):
    written = {table for stage in STAGES for table in stage.writes}
    assert [table for table in sorted(written) if not executed.lake.exists(table)] == []


def test_every_cell_that_shows_rows_had_some(executed):
    shown = executed.shown.items()
    empty = [(name, number) for name, frames in shown for number, rows in enumerate(frames) if not rows]
    assert empty == []
    assert {name: len(frames) > 0 for name, frames in shown} == {p.stem: True for p in NOTEBOOKS}


def test_the_lists_shown_are_those_of_one_person_from_rank_1(executed):
    rows = executed.shown["05_recommend_and_evaluate"][1]
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.reason for row in rows)


def test_the_metrics_shown_stand_beside_the_baselines(executed):
    rows = executed.shown["05_recommend_and_evaluate"][2]
    assert {"fused", "popularity", "item_knn", "ease", "als"} <= {row.model for row in rows}
    assert all(0 <= row.value <= 1 for row in rows)
