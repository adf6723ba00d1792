"""The DAG's tasks, order, assets and arguments equal what the stages and the command line say."""

import ast
import runpy
import subprocess
import sys

import yaml

from interestlake.cli.main import build_parser
from interestlake.stages.order import STAGES
from tests.conftest import ROOT

from .conftest import DAG_FILE


def assets(tables) -> list[str]:
    return [f"delta://{name.replace('.', '/')}" for name in tables]


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
    assert [operator.task_id for operator in dag_file.operators] == names
    assert [operator.task_id for operator in dag_file.chained] == names


def test_assets_are_the_tables_read_and_written(dag_file):
    for operator, stage in zip(dag_file.operators, STAGES, strict=True):
        assert operator.inlets == assets(stage.reads)
        assert operator.outlets == assets(stage.writes)


def test_every_task_submits_the_job_of_its_stage(dag_file):
    for operator in dag_file.operators:
        assert operator.application == str(ROOT / "jobs" / f"{operator.task_id}.py")
        assert (ROOT / "jobs" / f"{operator.task_id}.py").is_file()
        assert operator.properties_file == f"{ROOT}/conf/spark/{{{{ params.profile }}}}.properties"


def test_the_dag_waits_for_a_trigger_and_retries_under_one_run_id(dag_file):
    assert (dag_file.dag["schedule"], dag_file.dag["catchup"], dag_file.dag["max_active_runs"]) == (None, False, 1)
    assert dag_file.dag["default_args"]["retries"] == 2
    assert dag_file.dag["user_defined_macros"] == {"job_arguments": dag_file.names["job_arguments"]}
    assert {operator.application_args for operator in dag_file.operators} == {"{{ job_arguments(params, run_id) }}"}


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
