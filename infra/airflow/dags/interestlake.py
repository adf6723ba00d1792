"""Interestlake as a DAG: one spark-submit per stage, one asset per table that a stage writes, at the table's address.

Every task of a DAG run hands the same run id to its stage. A finished stage is skipped under its run id and a killed
one starts over on the same table versions, so a retry, or a cleared task, changes nothing that was already right.
Last, `monitor` holds the day against the days before it; a figure out of line fails that task, and it alone.
"""

import json
import logging
import os
import re
import urllib.request
from datetime import timedelta
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Asset, AssetAlias, Param, chain, dag
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException

STAGES = json.loads(Path(__file__).with_name("interestlake_stages.json").read_text(encoding="utf-8"))
HOME = Path(os.environ.get("INTERESTLAKE_HOME") or Path(__file__).resolve().parents[3])
SOURCES = ["sample", "movielens", "amazon-reviews", "lastfm", "yelp", "mind", "hm", "criteo", "retailrocket", "steam",
           "goodbooks", "book-crossing", "table"]  # fmt: skip
# of the deployment, read where the DAG is parsed; docs/airflow.md
SCHEDULE = os.environ.get("INTERESTLAKE_SCHEDULE") or None
TASK_HOURS = float(os.environ.get("INTERESTLAKE_TASK_HOURS") or 6)
RUN_HOURS = float(os.environ.get("INTERESTLAKE_RUN_HOURS") or 24)
ALERT_URL = os.environ.get("INTERESTLAKE_ALERT_URL", "")
GATE_SAID_NO = re.compile(r"[Ee]rror code is: 3\b|exit code is: 3\b")
PARAMS = {
    "source": Param("sample", enum=SOURCES, description="what ingest reads"),
    "inputs": Param(
        [], type="array", items={"type": "string"}, description="folders or files of the source; {date} = logical date"
    ),
    "mapping": Param(None, type=["null", "string"], description="YAML column mapping of the source `table`"),
    "users": Param(None, type=["null", "integer"], minimum=20, description="people in the generated world of `sample`"),
    "lake": Param(str(HOME / "out" / "airflow"), type="string", description="root of the Delta tables"),
    "seed": Param(42, type="integer", description="seed of every random step"),
    "run_id": Param("", type="string", description="run id of the lake; empty = the DAG run's id"),
    "profile": Param("local", enum=["local", "standalone", "gpu"], description="conf/spark/<profile>.properties"),
    "settings": Param([], type="array", items={"type": "string"}, description="parameters, each section.name=value"),
    "tracking_uri": Param("", type="string", description="MLflow store; empty = MLFLOW_TRACKING_URI, else in the lake"),
}


def run_id_of(dag_run_id: str) -> str:
    """The DAG run's id in the characters that a run id may have; equal for all tasks and tries of a DAG run.

    It stands in for the logical date, which asset-triggered and some manual runs do not have.
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", dag_run_id).strip("-")


def dated(inputs: list[str], logical_date) -> list[str]:
    """Inputs with the run's logical date, as 2026-11-29, for each `{date}`. Raises ValueError where a run has none."""
    if logical_date is None and any("{date}" in one for one in inputs):
        raise ValueError(
            f"inputs {inputs}: found no logical date; expected a scheduled run, or inputs without {{date}}"
        )
    return [one.replace("{date}", f"{logical_date:%Y-%m-%d}") if "{date}" in one else one for one in inputs]


def job_arguments(params: dict, dag_run_id: str, logical_date=None) -> list[str]:
    """What every job of a DAG run is called with."""
    arguments = ["--source", params["source"], "--seed", str(params["seed"])]
    arguments += ["--run-id", params["run_id"] or run_id_of(dag_run_id)]
    for option in ("mapping", "users"):
        arguments += [f"--{option}", str(params[option])] if params[option] is not None else []
    arguments += [part for value in dated(params["inputs"], logical_date) for part in ("--input", value)]
    return arguments + shared_arguments(params)


def monitor_arguments(params: dict, dag_run_id: str) -> list[str]:
    """What the job monitor is called with: a run of its own beside the DAG run's."""
    return ["--run-id", f"{params['run_id'] or run_id_of(dag_run_id)}-monitor", *shared_arguments(params)]


def shared_arguments(params: dict) -> list[str]:
    """Lake, configuration and MLflow store, which every job takes."""
    arguments = ["--lake", params["lake"], "--conf", str(HOME / "conf")]
    arguments += ["--tracking-uri", params["tracking_uri"]] if params["tracking_uri"] else []
    return arguments + [part for value in params["settings"] for part in ("--set", value)]


def address(lake: str, table: str) -> str:
    """`s3://bucket/lake`, `silver.interactions` -> s3://bucket/lake/silver/interactions; a local lake is file://."""
    root = lake if "://" in lake else f"file://{Path(lake).absolute()}"
    return f"{root.rstrip('/')}/{table.replace('.', '/')}"


def alert(context: dict) -> None:
    """A failed task in one JSON object to INTERESTLAKE_ALERT_URL, where that is set. Never fails a task itself."""
    task, fault = context["task_instance"], str(context.get("exception") or "")
    told = {
        "dag": task.dag_id,
        "run": task.run_id,
        "task": task.task_id,
        "try": task.try_number,
        "fault": fault[-2000:],
    }
    told["text"] = f"{task.dag_id} {task.run_id}: {task.task_id} failed"
    if not ALERT_URL.startswith(("http://", "https://")):
        return
    request = urllib.request.Request(ALERT_URL, json.dumps(told).encode(), {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except OSError as down:
        logging.getLogger("airflow.task").warning("no alert was sent: %s", down)


class StageOperator(SparkSubmitOperator):
    """A stage's job, with an asset event for each table that it writes, under the address in the run's own lake.

    Exit code 3, the gate's no, is a result: the task is skipped, promotes nothing, and the DAG run ends green.
    """

    def execute(self, context):
        try:
            super().execute(context)
        except AirflowException as fault:
            if GATE_SAID_NO.search(str(fault)):
                raise AirflowSkipException("the gate kept the present champion: see the run's report") from fault
            raise
        for alias in self.outlets:
            context["outlet_events"][alias].add(Asset(address(context["params"]["lake"], alias.name.split(":")[1])))


class MonitorOperator(SparkSubmitOperator):
    """The job monitor. Exit code 3, an alarm, fails the task at once: another try would find the same."""

    def execute(self, context):
        try:
            super().execute(context)
        except AirflowException as fault:
            if GATE_SAID_NO.search(str(fault)):
                raise AirflowFailException("a figure is out of line: see reports/monitor.html in the lake") from fault
            raise


@dag(
    dag_id="interestlake",
    schedule=SCHEDULE,
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=RUN_HOURS),
    params=PARAMS,
    default_args={
        "retries": 2,
        "execution_timeout": timedelta(hours=TASK_HOURS),
        "on_failure_callback": alert,
    },
    render_template_as_native_obj=True,
    user_defined_macros={"job_arguments": job_arguments, "monitor_arguments": monitor_arguments},
    tags=["interestlake"],
    doc_md=__doc__,
)
def interestlake():
    """All stages in a row, then the monitor, also where the gate said no."""
    submitted = {"conn_id": "spark_default",
                 "properties_file": f"{HOME}/conf/spark/{{{{ params.profile }}}}.properties"}  # fmt: skip
    chain(
        *(
            StageOperator(
                task_id=stage["name"],
                name=f"interestlake-{stage['name']}",
                doc_md=stage["summary"],
                application=str(HOME / "jobs" / f"{stage['name']}.py"),
                application_args="{{ job_arguments(params, run_id, dag_run.logical_date) }}",
                outlets=[AssetAlias(f"interestlake:{table}") for table in stage["writes"]],
                **submitted,
            )
            for stage in STAGES
        ),
        MonitorOperator(
            task_id="monitor",
            name="interestlake-monitor",
            doc_md="the day held against the days before it",
            application=str(HOME / "jobs" / "monitor.py"),
            application_args="{{ monitor_arguments(params, run_id) }}",
            trigger_rule="none_failed",
            **submitted,
        ),
    )


interestlake()
