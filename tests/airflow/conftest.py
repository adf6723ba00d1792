"""The DAG file run against stand-ins of the Airflow names it uses, so that it is checked without Airflow."""

import runpy
import sys
from types import ModuleType, SimpleNamespace

import pytest

from tests.conftest import ROOT

DAG_FILE = ROOT / "infra" / "airflow" / "dags" / "interestlake.py"
SUBMIT = "airflow.providers.apache.spark.operators.spark_submit"


class Fault(Exception):
    """Airflow's own, by which a failed spark-submit is told."""


class Skip(Fault):
    """What a task raises that is to be skipped."""


class Fail(Fault):
    """What a task raises that is not to be tried again."""


class Param:
    """Keeps what a parameter was declared with."""

    def __init__(self, default, **schema):
        self.default, self.schema = default, schema


@pytest.fixture(scope="session")
def dag_file():
    """.operators in the order made, .chained, .dag (keywords of @dag), .names (the module's globals).

    .submit: what an operator's spark-submit does, given its context; nothing, until a test says otherwise.
    """
    made = SimpleNamespace(operators=[], chained=[], dag={}, names={}, submit=lambda context: None)

    class Operator:
        def __init__(self, **keywords):
            vars(self).update(keywords)
            made.operators.append(self)

        def execute(self, context):
            made.submit(context)

    def dag(**keywords):
        made.dag = keywords
        return lambda function: function

    modules = {}
    for dotted in (SUBMIT, "airflow.sdk", "airflow.sdk.exceptions"):
        parts = dotted.split(".")
        for end in range(1, len(parts) + 1):
            modules.setdefault(".".join(parts[:end]), ModuleType(".".join(parts[:end])))
    modules[SUBMIT].SparkSubmitOperator = Operator
    modules["airflow.sdk.exceptions"].AirflowException = Fault
    modules["airflow.sdk.exceptions"].AirflowSkipException = Skip
    modules["airflow.sdk.exceptions"].AirflowFailException = Fail
    sdk = modules["airflow.sdk"]
    sdk.AssetAlias = lambda name: SimpleNamespace(name=name)
    sdk.Asset, sdk.Param, sdk.dag, sdk.chain = str, Param, dag, lambda *tasks: made.chained.extend(tasks)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HOME", "SCHEDULE", "TASK_HOURS", "RUN_HOURS", "ALERT_URL"):
            patch.delenv(f"INTERESTLAKE_{name}", raising=False)
        for name, module in modules.items():
            patch.setitem(sys.modules, name, module)
        made.names = runpy.run_path(str(DAG_FILE))
    return made
