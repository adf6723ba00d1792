"""Interestlake as a DAG: one spark-submit per stage, one asset per table that a stage reads or writes.

Every task of a DAG run hands the same run id to its stage. A finished stage is skipped under its run id and a killed
one starts over on the same table versions, so a retry, or a cleared task, changes nothing that was already right.
"""

import json
import os
import re
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import Asset, Param, chain, dag

STAGES = json.loads(Path(__file__).with_name("interestlake_stages.json").read_text(encoding="utf-8"))
HOME = Path(os.environ.get("INTERESTLAKE_HOME") or Path(__file__).resolve().parents[3])
SOURCES = ["sample", "movielens", "amazon-reviews", "lastfm", "yelp", "mind", "hm", "criteo", "retailrocket", "steam",
           "goodbooks", "book-crossing", "table"]  # fmt: skip
PARAMS = {
    "source": Param("sample", enum=SOURCES, description="what ingest reads"),
    "inputs": Param([], type="array", items={"type": "string"}, description="folders or files of the source"),
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


def job_arguments(params: dict, dag_run_id: str) -> list[str]:
    """What every job of a DAG run is called with."""
    arguments = ["--source", params["source"], "--lake", params["lake"], "--seed", str(params["seed"])]
    arguments += ["--run-id", params["run_id"] or run_id_of(dag_run_id), "--conf", str(HOME / "conf")]
    for option in ("mapping", "users"):
        arguments += [f"--{option}", str(params[option])] if params[option] is not None else []
    arguments += ["--tracking-uri", params["tracking_uri"]] if params["tracking_uri"] else []
    for option, values in (("--input", params["inputs"]), ("--set", params["settings"])):
        arguments += [part for value in values for part in (option, value)]
    return arguments


def asset(table: str) -> Asset:
    """`silver.interactions` -> Asset delta://silver/interactions."""
    return Asset(f"delta://{table.replace('.', '/')}")


@dag(
    dag_id="interestlake",
    schedule=None,
    catchup=False,
    max_active_runs=1,
    params=PARAMS,
    default_args={"retries": 2},
    render_template_as_native_obj=True,
    user_defined_macros={"job_arguments": job_arguments},
    tags=["interestlake"],
    doc_md=__doc__,
)
def interestlake():
    """All stages in a row."""
    chain(
        *(
            SparkSubmitOperator(
                task_id=stage["name"],
                name=f"interestlake-{stage['name']}",
                doc_md=stage["summary"],
                conn_id="spark_default",
                application=str(HOME / "jobs" / f"{stage['name']}.py"),
                properties_file=f"{HOME}/conf/spark/{{{{ params.profile }}}}.properties",
                application_args="{{ job_arguments(params, run_id) }}",
                inlets=[asset(table) for table in stage["reads"]],
                outlets=[asset(table) for table in stage["writes"]],
            )
            for stage in STAGES
        )
    )


interestlake()
