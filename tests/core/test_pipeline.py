"""The runner: order, skipping, resuming, lineage, and the exit codes of the command line."""

import logging

import pytest

from interestlake.cli import main as cli
from interestlake.core.config import RunOptions, load_params
from interestlake.core.errors import BadInput, GateRefused
from interestlake.core.pipeline import run_stages, select
from interestlake.core.stage import Stage

FRIENDS = "user_id string, friend_id string"


def stage(name, run, reads=(), writes=()):
    return Stage(name=name, summary=name, reads=reads, writes=writes, section="als", run=run)


def writer(calls, name="first"):
    def run(context):
        calls.append(name)
        context.write("silver.friends", context.spark.createDataFrame([("a", "b")], FRIENDS))
        return {"friends": 1.0}

    return stage(name, run, writes=("silver.friends",))


def reader(calls, fault=None):
    def run(context):
        calls.append("second")
        if fault:
            raise fault
        return {"seen": float(context.read("silver.friends").count())}

    return stage("second", run, reads=("silver.friends",))


@pytest.fixture
def options(tmp_path, tracking_uri):
    return RunOptions(lake=str(tmp_path / "lake"), run_id="r1", source="sample", tracking_uri=tracking_uri)


def test_select_cuts_both_ends():
    stages = tuple(stage(name, None) for name in "abcd")
    assert [s.name for s in select(stages, "b", "c")] == ["b", "c"]
    assert len(select(stages, None, None)) == 4
    with pytest.raises(BadInput, match="expected one of a, b, c, d"):
        select(stages, "z", None)
    with pytest.raises(BadInput, match="d after a"):
        select(stages, "d", "a")


def test_finished_stages_are_skipped_and_the_rest_resumed(spark, options):
    calls = []
    with pytest.raises(RuntimeError):
        run_stages(spark, (writer(calls), reader(calls, RuntimeError("killed"))), load_params(None), options)
    figures = run_stages(spark, (writer(calls), reader(calls)), load_params(None), options)
    assert calls == ["first", "second", "second"]
    assert figures == {"first": {"friends": 1.0}, "second": {"seen": 1.0}}


def test_lineage_and_rows_reach_ops_and_mlflow(spark, options):
    from mlflow.tracking import MlflowClient

    run_stages(spark, (writer([]), reader([])), load_params(None), options)
    rows = {r["stage"]: r for r in spark.read.format("delta").load(f"{options.lake}/ops/stages").collect()}
    assert rows["first"]["rows"] == {"silver.friends": 1}
    assert rows["second"]["versions"] == {"silver.friends": 0}
    client = MlflowClient()
    runs = client.search_runs([client.get_experiment_by_name("interestlake").experiment_id])
    by_stage = {run.data.tags["interestlake.stage"]: run for run in runs}
    assert set(by_stage) == {"pipeline", "first", "second"}
    assert by_stage["second"].data.tags["mlflow.parentRunId"] == by_stage["pipeline"].info.run_id
    assert by_stage["second"].inputs.dataset_inputs[0].dataset.name == "silver.friends@v0"
    assert by_stage["first"].data.metrics["rows.silver.friends"] == 1
    assert by_stage["pipeline"].info.status == "FINISHED"


def test_a_run_id_is_not_reused_for_something_else(spark, options):
    run_stages(spark, (writer([]),), load_params(None), options)
    with pytest.raises(BadInput, match="--run-id"):
        run_stages(spark, (writer([]),), load_params(None, {"als.rank": 3}), options)


@pytest.mark.parametrize(("fault", "code"), [(None, 0), (BadInput("bad"), 2), (GateRefused("not better"), 3)])
def test_exit_codes(monkeypatch, tmp_path, fault, code):
    def execute(arguments, load):
        if fault:
            raise fault

    monkeypatch.setattr(cli, "execute", execute)
    assert cli.main(["run", "--source", "sample", "--lake", str(tmp_path)]) == code


def test_faults_of_the_command_line_end_with_2_before_spark_starts(tmp_path, caplog):
    caplog.set_level(logging.ERROR, logger="interestlake")
    assert cli.main(["run", "--source", "sample", "--lake", str(tmp_path), "--set", "als.rank=0"]) == 2
    assert "rank=0 (--set): expected >= 1" in caplog.text
    assert cli.main(["run", "--source", "sample", "--lake", str(tmp_path), "--run-id", "a b"]) == 2
    assert cli.main(["run", "--source", "sample", "--lake", str(tmp_path), "--from", "embeds"]) == 2
    assert cli.main(["ingest", "--source", "movielens", "--lake", str(tmp_path), "--input", "/no/such"]) == 2
    assert "input /no/such: found nothing there" in caplog.text
    assert list(tmp_path.iterdir()) == []
    assert "found 'embeds'; expected one of ingest" in caplog.text
    with pytest.raises(SystemExit) as caught:
        cli.main(["run", "--lake", str(tmp_path)])
    assert caught.value.code == 2


def test_the_command_line_knows_every_stage():
    from interestlake.cli.table.operations import STAGE_NAMES
    from interestlake.stages.order import STAGES

    assert STAGE_NAMES == tuple(s.name for s in STAGES)
