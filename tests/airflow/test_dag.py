"""The DAG's tasks, order, assets and arguments equal what the stages and the command line say."""

import ast
import json
import runpy
import subprocess
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from types import SimpleNamespace

import pytest
import yaml

from interestlake.cli.main import build_parser
from interestlake.stages.order import STAGES
from tests.conftest import ROOT

from .conftest import DAG_FILE, Fault


def defaults(dag_file, **changed) -> dict:
    return {**{name: param.default for name, param in dag_file.names["PARAMS"].items()}, **changed}


def test_the_stage_list_beside_the_dag_is_what_the_stages_say():
    written = runpy.run_path(str(ROOT / "infra" / "airflow" / "write_stages.py"))["stages_json"]()
    kept = (DAG_FILE.parent / "interestlake_stages.json").read_text(encoding="utf-8")
    assert kept == written, "run: python infra/airflow/write_stages.py"


def test_the_dag_folder_imports_neither_spark_nor_torch_nor_the_library():
    heads = set()
    for file in DAG_FILE.parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                heads.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                heads.add(node.module.split(".")[0])
    assert heads - set(sys.stdlib_module_names) == {"airflow"}


def test_one_task_per_stage_in_the_order_of_the_flow(dag_file):
    names = [stage.name for stage in STAGES]
    assert [operator.task_id for operator in dag_file.operators] == [*names, "monitor"]
    assert [operator.task_id for operator in dag_file.chained] == [*names, "monitor"]


@pytest.mark.parametrize(
    ("lake", "root"),
    [
        ("s3://bucket/lake", "s3://bucket/lake"),
        ("/data/lake/", "file:///data/lake"),
        ("abfss://c@a/l/", "abfss://c@a/l"),
    ],
)
def test_every_table_that_a_stage_writes_has_an_event_at_its_address(dag_file, lake, root):
    for operator, stage in zip(dag_file.operators[:-1], STAGES, strict=True):
        events = {alias: set() for alias in _names(operator)}
        operator.execute({"params": {"lake": lake}, "outlet_events": _by_name(events)})
        written = {f"interestlake:{name}": {f"{root}/{name.replace('.', '/')}"} for name in stage.writes}
        assert events == written


def _names(operator) -> list[str]:
    return [alias.name for alias in operator.outlets]


def _by_name(events):
    class Events:
        def __getitem__(self, alias):
            return events[alias.name]

    return Events()


NO = "Cannot execute: spark-submit --name interestlake-promote jobs/promote.py --seed 42. Error code is: {}."


def test_the_gates_no_is_skipped_and_other_faults_fail(dag_file, monkeypatch):
    promote = dag_file.operators[-2]
    context = {"params": {"lake": "/l"}, "outlet_events": {}}
    for code, kind in ((3, "Skip"), (2, "Fault"), (13, "Fault"), (31, "Fault"), (137, "Fault")):
        monkeypatch.setattr(dag_file, "submit", _raising(NO.format(code)))
        with pytest.raises(Fault) as raised:
            promote.execute(context)
        assert type(raised.value).__name__ == kind, code


def test_an_alarm_of_the_monitor_fails_it_at_once_and_a_gates_no_does_not_keep_it_from_looking(dag_file, monkeypatch):
    monitor = dag_file.operators[-1]
    assert monitor.trigger_rule == "none_failed"
    for code, kind in ((3, "Fail"), (2, "Fault"), (137, "Fault")):
        monkeypatch.setattr(dag_file, "submit", _raising(NO.format(code)))
        with pytest.raises(Fault) as raised:
            monitor.execute({})
        assert type(raised.value).__name__ == kind, code


def test_the_monitor_is_a_run_of_its_own_on_the_same_lake(dag_file):
    params = defaults(dag_file, lake="/lake", settings=["monitor.threshold=5"], tracking_uri="sqlite:////t.db")
    parsed = build_parser().parse_args(["monitor", *dag_file.names["monitor_arguments"](params, "manual__x")])
    assert (parsed.lake, parsed.run_id, parsed.set) == ("/lake", "manual__x-monitor", ["monitor.threshold=5"])
    assert (parsed.tracking_uri, parsed.conf) == ("sqlite:////t.db", str(ROOT / "conf"))


def _raising(text):
    def submit(context):
        raise Fault(text)

    return submit


def test_inputs_take_the_logical_date(dag_file):
    day = datetime(2026, 11, 29, 3, tzinfo=UTC)
    arguments = dag_file.names["job_arguments"](
        defaults(dag_file, source="table", mapping="m.yml", inputs=["s3://b/day={date}", "s3://b/all"]), "r", day
    )
    assert [arguments[n + 1] for n, word in enumerate(arguments) if word == "--input"] == [
        "s3://b/day=2026-11-29",
        "s3://b/all",
    ]
    with pytest.raises(ValueError, match="found no logical date"):
        dag_file.names["dated"](["x/{date}"], None)
    assert dag_file.names["dated"](["x"], None) == ["x"]


def test_a_failed_task_is_told_to_the_alert_address(dag_file, monkeypatch):
    told = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    task = SimpleNamespace(dag_id="interestlake", run_id="r1", task_id="prepare", try_number=2)
    context = {"task_instance": task, "exception": Fault(NO.format(2))}
    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        Thread(target=server.handle_request, daemon=True).start()
        monkeypatch.setitem(dag_file.names["alert"].__globals__, "ALERT_URL", f"http://127.0.0.1:{server.server_port}/")
        dag_file.names["alert"](context)
    assert told[0]["text"] == "interestlake r1: prepare failed" and "Error code is: 2" in told[0]["fault"]
    dag_file.names["alert"](context)  # nobody listens any more: the task's own fault is not covered up


def test_every_task_submits_the_job_of_its_stage(dag_file):
    for operator in dag_file.operators:
        assert operator.application == str(ROOT / "jobs" / f"{operator.task_id}.py")
        assert (ROOT / "jobs" / f"{operator.task_id}.py").is_file()
        assert operator.properties_file == f"{ROOT}/conf/spark/{{{{ params.profile }}}}.properties"


def test_the_dag_waits_for_a_trigger_and_retries_under_one_run_id(dag_file):
    assert (dag_file.dag["schedule"], dag_file.dag["catchup"], dag_file.dag["max_active_runs"]) == (None, False, 1)
    assert dag_file.dag["default_args"]["retries"] == 2
    assert dag_file.dag["default_args"]["execution_timeout"] < dag_file.dag["dagrun_timeout"]
    macros = {name: dag_file.names[name] for name in ("job_arguments", "monitor_arguments")}
    assert dag_file.dag["user_defined_macros"] == macros
    called = "{{ job_arguments(params, run_id, dag_run.logical_date) }}"
    assert {operator.application_args for operator in dag_file.operators[:-1]} == {called}


def test_default_parameters_fit_their_own_schema_and_the_jobs(dag_file):
    for param in dag_file.names["PARAMS"].values():
        if "enum" in param.schema:
            assert param.default in param.schema["enum"]
    arguments = dag_file.names["job_arguments"](defaults(dag_file), "manual__2026-11-21T05:35:00+00:00")
    for stage in STAGES:
        parsed = build_parser().parse_args([stage.name.replace("_", "-"), *arguments])
        assert (parsed.source, parsed.seed, parsed.input, parsed.users) == ("sample", 42, [], None)
        assert parsed.run_id == "manual__2026-11-21T05-35-00-00-00"


def test_every_parameter_reaches_the_job(dag_file):
    changed = defaults(
        dag_file,
        source="table",
        inputs=["a b.csv", "c.csv"],
        mapping="m.yml",
        users=40,
        lake="/lake",
        seed=7,
        run_id="r1",
        settings=["als.rank=8", "promote.min_gain=-1"],
        tracking_uri="sqlite:////t.db",
    )
    parsed = build_parser().parse_args(["ingest", *dag_file.names["job_arguments"](changed, "manual__x")])
    assert (parsed.source, parsed.input, parsed.mapping) == ("table", ["a b.csv", "c.csv"], "m.yml")
    assert (parsed.lake, parsed.seed, parsed.run_id, parsed.users) == ("/lake", 7, "r1", 40)
    assert parsed.set == ["als.rank=8", "promote.min_gain=-1"]
    assert (parsed.tracking_uri, parsed.conf) == ("sqlite:////t.db", str(ROOT / "conf"))


def test_the_lock_is_hashed_names_no_index_and_brings_no_spark():
    lines = (ROOT / "infra" / "airflow" / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = [line.split(" ")[0] for line in lines if line and line[0].isalnum()]
    assert {"apache-airflow==3.3.2", "apache-airflow-providers-apache-spark==6.3.4"} <= set(pins)
    assert not [pin for pin in pins if pin.startswith(("pyspark", "torch"))]
    assert not [line for line in lines if "://" in line or line.startswith("-")]
    hashed = [index for index, line in enumerate(lines) if line and line[0].isalnum() and "--hash" in lines[index + 1]]
    assert len(hashed) == len(pins)


def test_the_script_that_runs_it_for_real_is_sound():
    script = ROOT / "infra" / "airflow" / "test.sh"
    subprocess.run(["bash", "-n", str(script)], check=True)
    conf = yaml.safe_load((ROOT / "infra" / "airflow" / "sample_world.yml").read_text(encoding="utf-8"))
    assert conf["source"] == "sample"
