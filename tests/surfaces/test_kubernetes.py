"""Pod templates, properties and the command that submit.sh builds."""

import os
import subprocess

import pytest
import yaml

from interestlake.cli.main import build_parser
from interestlake.core.session import read_properties
from interestlake.stages.order import STAGES
from tests.conftest import ROOT

FOLDER = ROOT / "infra" / "kubernetes"


def submit(*words, **environment):
    """The result of a dry run."""
    settings = {"K8S_MASTER": "k8s://https://host:6443", "K8S_IMAGE": "interestlake:1", "DRY_RUN": "1", **environment}
    script = ["bash", str(FOLDER / "submit.sh"), *words]
    return subprocess.run(script, env={"PATH": os.environ["PATH"], **settings}, capture_output=True, text=True)


def confs(words: list[str]) -> dict[str, str]:
    """The --conf pairs before the script."""
    pairs = zip(words, words[1:], strict=False)
    return dict(word.split("=", 1) for flag, word in pairs if flag == "--conf" and "=" in word)


@pytest.mark.parametrize("stage", [stage.name for stage in STAGES])
def test_every_stage_is_submitted_with_valid_arguments(stage):
    words = submit(stage, "--source", "sample", "--lake", "/lake/x", "--run-id", "r").stdout.splitlines()
    script = words.index(f"local:///opt/interestlake/jobs/{stage}.py")
    parsed = build_parser().parse_args([stage.replace("_", "-"), *words[script + 1 :]])
    assert (parsed.conf, parsed.lake) == ("/opt/interestlake/conf", "/lake/x")
    assert confs(words)["spark.kubernetes.container.image"] == "interestlake:1"
    assert (ROOT / words[words.index("--properties-file") + 1]).is_file()


def test_driver_and_executors_mount_the_lake_s_claim_where_there_is_one():
    volumes = {name: value for name, value in confs(submit("run").stdout.splitlines()).items() if ".volumes." in name}
    assert sorted(volumes.values()) == ["/lake", "/lake", "interestlake", "interestlake"]
    assert {name.split(".")[2] for name in volumes} == {"driver", "executor"}
    assert ".volumes." not in submit("run", K8S_CLAIM="").stdout
    assert not [name for name in read_properties(FOLDER / "kubernetes.properties") if ".volumes." in name]


def test_only_embed_asks_for_gpus():
    asking = [stage.name for stage in STAGES if "gpu" in submit(stage.name).stdout]
    assert asking == ["embed"]
    asked = confs(submit("embed").stdout.splitlines())
    assert asked["spark.executor.resource.gpu.amount"] == asked["spark.task.resource.gpu.amount"] == "1"
    script = asked["spark.executor.resource.gpu.discoveryScript"].removeprefix("/opt/interestlake/")
    assert (ROOT / script).is_file()


def test_a_wrong_stage_and_a_missing_setting_are_told():
    wrong = submit("embedd")
    assert wrong.returncode == 2 and "found stage 'embedd'; expected one of annotate" in wrong.stderr
    assert submit("embed", K8S_IMAGE="").returncode == 2


def test_properties_name_templates_that_are_there_and_no_jars():
    settings = read_properties(FOLDER / "kubernetes.properties")
    for key in ("driver", "executor"):
        assert (ROOT / settings[f"spark.kubernetes.{key}.podTemplateFile"]).is_file()
    assert not [key for key in settings if key.startswith("spark.jars")]
    local = read_properties(ROOT / "conf" / "spark" / "local.properties")
    heads = ("spark.sql.ext", "spark.sql.catalog", "spark.ser", "spark.sql.ses")
    shared = [key for key in local if key.startswith(heads)]
    assert len(shared) == 4
    assert {key: settings[key] for key in shared} == {key: local[key] for key in shared}


@pytest.mark.parametrize(
    ("file", "container"),
    [
        ("driver-pod.yml", "spark-kubernetes-driver"),
        ("executor-pod.yml", "spark-kubernetes-executor"),
        ("executor-gpu-pod.yml", "spark-kubernetes-executor"),
    ],
)
def test_pod_templates_name_the_container_that_spark_fills(file, container):
    pod = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
    assert (pod["apiVersion"], pod["kind"]) == ("v1", "Pod")
    assert [entry["name"] for entry in pod["spec"]["containers"]] == [container]
    mounts = {mount["name"] for entry in pod["spec"]["containers"] for mount in entry["volumeMounts"]}
    assert mounts == {volume["name"] for volume in pod["spec"]["volumes"]}


def test_the_service_account_of_the_properties_has_the_role():
    text = (FOLDER / "rbac.yml").read_text(encoding="utf-8")
    documents = {entry["kind"]: entry for entry in yaml.safe_load_all(text)}
    settings = read_properties(FOLDER / "kubernetes.properties")
    account = settings["spark.kubernetes.authenticate.driver.serviceAccountName"]
    assert documents["ServiceAccount"]["metadata"]["name"] == account
    assert [subject["name"] for subject in documents["RoleBinding"]["subjects"]] == [account]
    assert documents["RoleBinding"]["roleRef"]["name"] == documents["Role"]["metadata"]["name"]
