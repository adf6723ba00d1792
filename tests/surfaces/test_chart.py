"""The Helm chart: its values keep their schema; where helm is had, it lints and renders, and the daily run is right."""

import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from interestlake.cli.main import build_parser
from tests.conftest import ROOT

CHART = ROOT / "infra" / "kubernetes" / "chart"
HELM = shutil.which("helm") or shutil.which("helm", path=str(ROOT / ".cache" / "tools"))
VALIDATE = ROOT / ".cache" / "tools" / "validate" / "bin" / "kubernetes-validate"
needs_helm = pytest.mark.skipif(HELM is None, reason="no helm; `make chart-test` builds one where there is Go")


def test_every_value_is_in_the_schema_and_the_other_way_round():
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]) - {"global"} == set(values)
    for part in ("run", "claim"):
        assert set(schema["properties"][part]["properties"]) == set(values[part])
    processes = set(schema["definitions"]["process"]["properties"])
    assert processes == set(values["driver"]) | set(values["executor"])


def test_every_value_that_a_template_names_is_there():
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    for file in (CHART / "templates").glob("*.yaml"):
        for path in re.findall(r"\.Values\.([\w.]+)", file.read_text(encoding="utf-8")):
            place = values
            for name in path.split("."):
                assert name in place, f"{file.name}: {path}"
                place = place[name]


def helm(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [HELM, *words], capture_output=True, text=True, env={"HOME": "/tmp", "PATH": os.environ["PATH"]}
    )


@needs_helm
def test_the_chart_lints():
    linted = helm("lint", "--strict", str(CHART))
    assert linted.returncode == 0, linted.stdout + linted.stderr


@needs_helm
@pytest.mark.parametrize(
    ("setting", "told"), [("run.lake=lake", "run/lake"), ("schedule=daily", "schedule"), ("iamge=x", "iamge")]
)
def test_wrong_values_are_refused(setting, told):
    wrong = helm("template", "x", str(CHART), "--set", setting)
    assert wrong.returncode != 0 and told in wrong.stderr


@needs_helm
def test_the_daily_run_is_a_valid_call_whose_refusal_is_a_result():
    words = (
        "--set",
        "run.source=table,run.mapping=/lake/m.yml,run.inputs={/lake/a,/lake/b},run.settings={als.rank=32}",
    )
    rendered = [one for one in yaml.safe_load_all(helm("template", "shop", str(CHART), *words).stdout) if one]
    daily = next(one for one in rendered if one["kind"] == "CronJob")
    pod = daily["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    call = pod["containers"][0]["args"]
    assert call[0] == '"$@" || test $? -eq 3' and daily["spec"]["concurrencyPolicy"] == "Forbid"
    script = call.index("jobs/run.py")
    parsed = build_parser().parse_args(["run", *call[script + 1 :]])
    assert (parsed.source, parsed.lake, parsed.mapping, parsed.minutes) == ("table", "/lake/main", "/lake/m.yml", 0)
    assert (parsed.input, parsed.set) == (["/lake/a", "/lake/b"], ["als.rank=32"])
    settings = dict(word.split("=", 1) for flag, word in zip(call, call[1:script], strict=False) if flag == "--conf")
    assert settings["spark.submit.deployMode"] == "client" and settings["spark.kubernetes.namespace"] == "default"
    assert {one["kind"] for one in rendered} == {
        "ServiceAccount",
        "Role",
        "RoleBinding",
        "PersistentVolumeClaim",
        "CronJob",
    }
    assert (
        pod["serviceAccountName"] == settings["spark.kubernetes.authenticate.driver.serviceAccountName"] == "shop-spark"
    )


@needs_helm
def test_an_object_store_needs_no_claim():
    rendered = helm("template", "x", str(CHART), "--set", "claim.enabled=false,run.lake=s3a://bucket/lake").stdout
    assert "/lake\n" not in rendered.replace("s3a://bucket/lake", "")
    # an executor that asks for a claim which is not there never starts
    settings = (CHART.parent / "kubernetes.properties").read_text(encoding="utf-8")
    assert "persistentVolumeClaim." not in rendered + settings and "kind: PersistentVolumeClaim" not in rendered


@needs_helm
@pytest.mark.skipif(not VALIDATE.is_file(), reason="no kubernetes-validate; `make chart-test` installs one")
@pytest.mark.parametrize(
    "values", ["suspend=false", "claim.enabled=false,run.lake=s3a://b/l,suspend=true,run.inputs={/a,/b},run.minutes=5"]
)
def test_the_cluster_s_schema_takes_what_is_rendered(values, tmp_path):
    rendered = tmp_path / "rendered.yaml"
    rendered.write_text(helm("template", "x", str(CHART), "--set", values).stdout, encoding="utf-8")
    judged = subprocess.run([VALIDATE, "--strict", rendered], capture_output=True, text=True)
    assert judged.returncode == 0 and "cronjob/x" in judged.stdout + judged.stderr, judged.stdout + judged.stderr
    wrong = rendered.with_name("wrong.yaml")
    wrong.write_text(rendered.read_text(encoding="utf-8").replace("concurrencyPolicy", "concurencyPolicy"))
    assert subprocess.run([VALIDATE, "--strict", wrong], capture_output=True).returncode != 0
