"""No package that the pipeline loads reports its use to anyone, unless the environment asks for it."""

import os
import subprocess
import sys

import pytest

# MLflow is silent in CI and under pytest anyway: a process of its own, without the words it looks for
CI_WORDS = ("PYTEST", "CI", "GITHUB", "BITBUCKET", "JENKINS", "TF_BUILD", "CIRCLE", "CLOUD_RUN", "CODEBUILD", "DO_NOT")
ASK = (
    "import interestlake.core.tracking; from mlflow.telemetry.utils import is_telemetry_disabled;"
    "print(is_telemetry_disabled())"
)


@pytest.mark.parametrize(("said", "silent"), [(None, "True"), ("true", "True"), ("false", "False")])
def test_mlflow_reports_nothing_unless_asked(said, silent):
    environment = {name: value for name, value in os.environ.items() if not name.startswith(CI_WORDS)}
    environment.pop("MLFLOW_DISABLE_TELEMETRY", None)
    if said:
        environment["MLFLOW_DISABLE_TELEMETRY"] = said
    ran = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == silent
