"""What a lake says of its runs, read by Spark in a process that ends: `python -m bench.one.lake LAKE FILE`."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from interestlake.core.lake import Lake
from interestlake.core.session import build_session
from interestlake.stages.report import REPORT

ROOT = Path(__file__).resolve().parents[2]
K = 10
LAST = REPORT.name  # the gate behind it leaves no mark where it says no


def runs_of(lake: str) -> dict[str, dict]:
    """run id -> {"seconds": of its stages, "ndcg": model -> test nDCG@K of everybody}, of the runs that are finished.

    In a process of its own, so that no idle JVM takes memory from what is measured next. {} for a folder without runs.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "runs.json"
        command = [sys.executable, "-W", "ignore", "-m", "bench.one.lake", lake, str(out)]
        subprocess.run(command, cwd=ROOT, check=True)
        return json.loads(out.read_text())


def read_runs(lake: Lake) -> dict[str, dict]:
    """See `runs_of`. Two small Spark jobs."""
    if not (lake.exists("ops.stages") and lake.exists("gold.metrics")):
        return {}
    seconds: dict[str, dict[str, float]] = {}
    for row in lake.read("ops.stages").select("run_id", "stage", "seconds").collect():
        seconds.setdefault(row["run_id"], {})[row["stage"]] = row["seconds"]
    found = {run: {"seconds": sum(own.values()), "ndcg": {}} for run, own in seconds.items() if LAST in own}
    wanted = f"split = 'test' AND segment = 'all' AND metric = 'ndcg' AND k = {K}"
    for row in lake.read("gold.metrics").where(wanted).select("run_id", "model", "value").collect():
        if row["run_id"] in found:
            found[row["run_id"]]["ndcg"][row["model"]] = row["value"]
    return found


def main(lake: str, out: str) -> None:
    spark = build_session(str(ROOT / "conf"), "local")
    try:
        Path(out).write_text(json.dumps(read_runs(Lake(spark, lake))))
    finally:
        spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
