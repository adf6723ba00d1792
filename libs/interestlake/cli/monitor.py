"""`interestlake monitor`: what it was asked, what it prints, whom it tells, and its exit code."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from pyspark.sql import functions as F

from ..core.config import MONITOR, RunOptions
from ..core.counted import counted
from ..core.errors import GateRefused
from ..core.lake import Lake
from ..core.progress import PROGRESS
from ..core.webhook import expect_webhook, tell
from ..monitoring.judge import ALARM
from ..monitoring.named import alarm_line, message
from ..reporting.monitor_page import PAGE
from ..stages.monitor import TABLE

# of the deployment; in the environment, since the address may hold a token and a command line is for everybody to read
ALERT_URL = "INTERESTLAKE_ALERT_URL"


def asked(options: RunOptions) -> RunOptions:
    """Raises BadInput for an address of INTERESTLAKE_ALERT_URL that nothing would be told to."""
    if address := os.environ.get(ALERT_URL):
        expect_webhook(address, ALERT_URL)
    return replace(options, source=MONITOR)


def closing(lake: Lake, options: RunOptions, figures: Mapping[str, float]) -> None:
    """The day in a line, its alarms in one each; INTERESTLAKE_ALERT_URL is told. Raises GateRefused for an alarm."""
    day = date.fromordinal(int(figures["day"]))
    found = lake.read(TABLE).where((F.col("run_id") == options.run_id) & (F.col("day") == F.lit(day)))
    rows = [row.asDict() for row in found.orderBy("figure", "subject").collect()]
    alarms = [row for row in rows if row["verdict"] == ALARM]
    PROGRESS.clear()
    judged = len(rows) - sum(row["verdict"] == "unknown" for row in rows)
    print(f"{day}: {counted(judged, 'figure')} judged, {counted(len(alarms), 'alarm')}; "
          f"{len(rows) - judged} not judged: too few days or events; all in {lake.root}/{PAGE}")  # fmt: skip
    for row in alarms:
        print(f"  {alarm_line(row)}")
    if address := os.environ.get(ALERT_URL):
        tell(address, message(day.isoformat(), options.run_id, rows), ALERT_URL)
    if alarms:
        raise GateRefused(f"{day}: {counted(len(alarms), 'figure')} out of line: "
                          + ", ".join(sorted({row["figure"] for row in alarms})))  # fmt: skip
