"""The DAG file run against stand-ins of the three Airflow names it uses, so that it is checked without Airflow."""

import runpy
import sys
from types import ModuleType, SimpleNamespace

import pytest

from tests.conftest import ROOT

DAG_FILE = ROOT / "infra" / "airflow" / "dags" / "interestlake.py"
SUBMIT = "airflow.providers.apache.spark.operators.spark_submit"


class Param:
    """Keeps what a parameter was declared with."""

    def __init__(self, default, **schema):
        self.default, self.schema = default, schema


@pytest.fixture(scope="session")
def dag_file():
    """.operators in the order made, .chained, .dag (keywords of @dag), .names (the module's globals)."""
    made = SimpleNamespace(operators=[], chained=[], dag={}, names={})

    def operator(**keywords):
        made.operators.append(SimpleNamespace(**keywords))
        return made.operators[-1]

    def dag(**keywords):
        made.dag = keywords
        return lambda function: function

    modules = {}
    for dotted in (SUBMIT, "airflow.sdk"):
        parts = dotted.split(".")
        for end in range(1, len(parts) + 1):
            modules.setdefault(".".join(parts[:end]), ModuleType(".".join(parts[:end])))
    modules[SUBMIT].SparkSubmitOperator = operator
    sdk = modules["airflow.sdk"]
    sdk.Asset, sdk.Param, sdk.dag, sdk.chain = str, Param, dag, lambda *tasks: made.chained.extend(tasks)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("INTERESTLAKE_HOME", raising=False)
        for name, module in modules.items():
            patch.setitem(sys.modules, name, module)
        made.names = runpy.run_path(str(DAG_FILE))
    return made
