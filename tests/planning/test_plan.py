"""The plan of a run: planted constants come back, a size that was left out is foretold, bounds say what lifts them."""

import json
import subprocess
import sys

import pytest

from interestlake.cli.main import main
from interestlake.core.config import load_params
from interestlake.models.costs import BY_ITEMS, COSTS, ON_SPARK
from interestlake.models.registry import MODELS
from interestlake.reporting.planning.bounds import binding
from interestlake.reporting.planning.foretell import EFFICIENCY, Cluster, beyond, foretell
from interestlake.reporting.planning.measured import Constants, StageRow, shipped_rows
from interestlake.reporting.planning.workload import GROWS_WITH, Workload

SMALL = Workload(people=610, items=9_700, events=100_000, reviews=0)


def planted_rows() -> list[StageRow]:
    """Runs of a machine whose prepare takes 4 s of the driver and 30 task seconds a million events beyond 10."""
    sizes = ((500, 100, 10_000, 100), (5_000, 1_000, 100_000, 1_000), (50_000, 10_000, 1_000_000, 10_000))
    return [StageRow(*size, "prepare", tasks=10 + 30 * size[2] / 1e6, rest=4.0, driver=0.3, jvm=1.0, workers=0.2,
                     shuffled=0.05 * size[2] / 1e6) for size in sizes]  # fmt: skip


def test_planted_constants_come_back_at_another_size_and_on_more_nodes():
    constants = Constants.of_rows(planted_rows())
    size = Workload(people=500_000, items=100_000, events=10_000_000, reviews=0)
    [alone] = foretell(constants, size, Cluster(nodes=1, cores=2, gigabytes=24), {})
    assert (alone.stage, alone.seconds) == ("prepare", pytest.approx(4 + 310 / 2, rel=1e-6))
    assert alone.shuffled == pytest.approx(0.5) and alone.jvm == pytest.approx(1.0)
    [four] = foretell(constants, size, Cluster(nodes=4, cores=8, gigabytes=24), {"prepare": 2.0})
    assert four.seconds == pytest.approx(2 * (4 + 310 / (8 * (1 + 3 * EFFICIENCY))), rel=1e-6)
    assert beyond(constants, size) == [
        "500,000 people, measured to 50,000", "100,000 items, measured to 10,000",
        "10,000,000 events, measured to 1,000,000",
    ]  # fmt: skip


@pytest.mark.parametrize("events", sorted({row.events for row in shipped_rows()})[1:-1])
def test_a_size_that_was_left_out_is_told_within_a_quarter(events):
    """The whole run's seconds, on the machine that measured, from the constants of the other sizes alone."""
    rows = shipped_rows()
    for workload in {row.workload for row in rows if row.events == events}:
        mine = [row for row in rows if row.workload == workload]
        constants = Constants.of_rows(row for row in rows if row.workload != workload)
        told = foretell(constants, workload, Cluster(nodes=1, cores=2, gigabytes=24), {})
        took = sum(row.rest + row.tasks / 2 for row in mine)
        assert sum(stage.seconds for stage in told) == pytest.approx(took, rel=0.25)
        peak = max(row.driver + row.jvm + row.workers for row in mine)
        assert max(stage.driver + stage.jvm + stage.workers for stage in told) == pytest.approx(peak, rel=0.25)


def test_every_stage_of_a_run_was_measured():
    assert {row.stage for row in shipped_rows()} == set(GROWS_WITH)


def test_a_small_run_meets_no_bound_and_a_large_one_says_what_lifts_each():
    params = load_params(None)
    assert binding(SMALL, params) == []
    large = Workload(people=1_000_000, items=1_000_000, events=20_000_000, reviews=0)
    bounds = {bound.setting: bound for bound in binding(large, params)}
    assert set(bounds) >= {"graph.svd_max_gigabytes", "als.max_gigabytes", "two_tower.max_gigabytes",
                           "recommend.max_pairs", "recommend.ease_max_items"}  # fmt: skip
    assert "item_knn" in bounds["recommend.max_pairs"].then and "sasrec" not in bounds["recommend.max_pairs"].then
    lifted = load_params(None, {"recommend.max_pairs": 30_000_000, "als.max_gigabytes": 1_000.0,
                                "graph.svd_max_gigabytes": 1_000.0, "two_tower.max_gigabytes": 1_000.0})  # fmt: skip
    left = {bound.setting for bound in binding(large, lifted)}
    assert "recommend.max_fit_gigabytes" in left and not left & {"recommend.max_pairs", "als.max_gigabytes"}


def test_the_command_prints_a_table_or_json_and_refuses_nonsense(capsys, caplog):
    size = ["--people", "5000", "--items", "1000", "--events", "100000", "--cores", "2"]
    assert main(["plan", *size]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("100,000 events, 5,000 people, 1,000 items, 1,000 reviews on one machine of 2 cores")
    assert "recommend " in printed and "no bound binds" in printed
    assert main(["plan", *size, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["seconds"] == pytest.approx(sum(stage["seconds"] for stage in told["stages"]))
    assert main(["plan", "--people", "500", "--items", "10", "--events", "100"]) == 2
    assert "100 events of 500 people; expected an event a person" in caplog.text
    assert main(["plan", *size, "--lake", "/nowhere"]) == 2


def test_what_foretells_a_run_loads_nothing_that_makes_one():
    """In a process of its own: the command's modules, its bounds at a large size, and none of the heavy libraries."""
    program = (
        "import sys; from interestlake.cli.main import main;"
        "code = main('plan --people 1000000 --items 100000 --events 10000000'.split());"
        "sys.exit(code or ', '.join({'torch', 'mlflow', 'pyspark', 'sklearn'} & set(sys.modules)) or None)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr


def test_the_costs_are_those_of_the_registry():
    by_default = [model for model in MODELS if not model.when_named]
    assert {model.name: model.cost for model in by_default} == dict(COSTS)
    assert [model.name for model in by_default] == list(COSTS)
    assert {model.name for model in MODELS if model.on_spark or model.name in BY_ITEMS} == set(ON_SPARK)


def test_columns_of_very_large_numbers_stand_apart(capsys):
    assert main(["plan", "--people", "1000000000", "--items", "100000000", "--events", "1000000000000"]) == 0
    head, *rows = capsys.readouterr().out.splitlines()[1:15]
    assert {len(row.split()) for row in rows[:-1]} == {6} and len(head.split()) == 10
    assert len({len(row) for row in [head, *rows[:-1]]}) == 1
