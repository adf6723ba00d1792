"""What `interestlake run` prints at its end: the metrics table, the report's path, the way to the MLflow UI."""

import os

from pyspark.sql import SparkSession

from ..core.config import RunOptions
from ..core.lake import Lake
from ..core.moved_store import default_tracking_uri
from ..core.storage import file_there, located
from ..core.tracking import ui_command
from ..recommending.former import went_on
from .terminal import left_out_lines, metrics_table


def report_address(options: RunOptions) -> str:
    """Where the run's page lies: <run_id>.html in report_dir, a folder of this machine, else in the lake's reports."""
    own = options.report_dir and f"file://{os.path.abspath(options.report_dir)}"
    return f"{own or f'{located(options.lake)}/reports'}/{options.run_id}.html"


def closing_lines(spark: SparkSession, options: RunOptions) -> list[str]:
    """The closing lines of a run; parts that a cut run did not make are left out. Runs two small Spark jobs."""
    lake = Lake(spark, options.lake)
    lines = []
    if lake.exists("gold.metrics"):
        rows = lake.read("gold.metrics").where(f"run_id = '{options.run_id}' AND split = 'test'").collect()
        rows = [row.asDict() for row in rows]
        chosen = [row.asDict() for row in lake.read("models.chosen").collect()] if lake.exists("models.chosen") else []
        shares = {row["model"]: row["weight"] for row in chosen if not row["left_out"]}
        if rows:
            former = went_on(lake, options.run_id)
            pairs = f"pairs that came since run {former}, whose lists these are" if former else "test split"
            table = metrics_table(rows, shares=shares if chosen else None, pairs=pairs)
            lines += ["", table, *left_out_lines(chosen), ""]
    page = report_address(options)
    if file_there(spark, page):
        lines.append(f"report  {page.removeprefix('file://')}")
    lines.append(f"MLflow  {ui_command(options.tracking_uri or default_tracking_uri(options.lake))}")
    return lines
