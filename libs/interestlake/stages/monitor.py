"""The command monitor: what changed from day to day in data, lists and models, with an alarm."""

import tempfile
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.contract import rows_of
from ..core.errors import BadInput
from ..core.only_row import only_row
from ..core.stage import Stage, StageContext
from ..core.storage import local_path, put_whole, write_whole
from ..monitoring.daily import daily_counts
from ..monitoring.judge import ALARM, UNKNOWN, Counts, Limits, Verdict, judge
from ..monitoring.named import alarm_line
from ..monitoring.released import released_verdicts
from ..monitoring.vectors import daily_moments, judge_vectors, moments_of
from ..reporting.monitor_page import PAGE, monitor_page

TABLE, EVENTS, ITEMS, QUARANTINE = "gold.monitor", "bronze.events", "bronze.items", "bronze.quarantine"
MOST_COUNTS = 500_000  # rows of daily counts that this process takes
SHOWN_DAYS = 60  # of the page


def _run(context: StageContext) -> dict[str, float]:
    params = context.params.monitor
    events = context.read(EVENTS)
    last = _day(context, events)
    days = [last - timedelta(days=back) for back in range(params.days - 1, -1, -1)]
    first = days[0] - timedelta(days=params.reference_days)
    limits = Limits(**{name: getattr(params, name) for name in Limits.__dataclass_fields__})
    found = judge(_counts(context, events, first, last), days, limits)
    found += _of_vectors(context, first, days, limits)
    found += released_verdicts(context.lake, events, first, days, params, limits)
    rows = [{**asdict(one), "run_id": context.options.run_id} for one in found]
    context.write(TABLE, rows_of(context.spark, TABLE, rows))
    alarms = [one for one in found if one.verdict == ALARM]
    for one in alarms:
        context.log.warning("      ALARM %s %s", one.day, alarm_line(one))
    _page(context, last)
    return {
        "figures": float(len(found)),
        "alarms": float(len(alarms)),
        "alarms_of_the_day": float(sum(one.day == last for one in alarms)),
        "unknown": float(sum(one.verdict == UNKNOWN for one in found)),
        "judged": float(len(days)),
        "day": float(last.toordinal()),
    }


def _day(context: StageContext, events: DataFrame) -> date:
    """The day that is asked for, else the last that was over when bronze.events was written last.

    Of events that ended longer before it than a stream can be told to have stopped, the newest day with events.
    """
    asked = context.params.monitor.day
    if asked:
        try:
            return date.fromisoformat(asked)
        except ValueError:
            raise BadInput.of("day", found=asked, expected="a day such as 2026-11-29", where="--day") from None
    written = next(context.lake.commits(EVENTS)).written_ms
    over = datetime.fromtimestamp(written / 1000, UTC).date()
    live = over - timedelta(days=1)
    before = events.where(F.col("event_ts") < F.lit(over))
    newest = only_row(before.agg(F.max(F.to_date("event_ts")).alias("day")))["day"]
    if newest is None:
        context.log.warning("warning: no event has a time; only ingests and releases are judged")
        return live
    monitor = context.params.monitor
    return live if (live - newest).days < monitor.reference_days - monitor.least_days else newest


def _counts(context: StageContext, events: DataFrame, first: date, last: date) -> Counts:
    quarantine = context.read(QUARANTINE)
    counting = daily_counts(context.read(ITEMS), quarantine, first, last, context.params.monitor.bins)
    counted = events.transform(counting)
    rows = counted.limit(MOST_COUNTS + 1).collect()
    if len(rows) > MOST_COUNTS:
        raise BadInput.of("daily counts", found=f"more than {MOST_COUNTS:,}", expected="fewer", where="monitor.bins, "
                          "monitor.reference_days or monitor.days")  # fmt: skip
    return {(row["day"], row["figure"], row["subject"], row["bin"]): (row["amount"], row["of"]) for row in rows}


def _of_vectors(context: StageContext, first: date, days: list[date], limits: Limits) -> list[Verdict]:
    if not (context.lake.exists("silver.documents") and context.lake.exists("silver.embeddings")):
        return []
    vectors = context.read("silver.embeddings").select("text_hash", "vector").dropDuplicates(["text_hash"])
    rows = context.read("silver.documents").transform(daily_moments(vectors, first, days[-1])).collect()
    return judge_vectors(moments_of(rows), days, limits)


def _page(context: StageContext, last: date) -> None:
    since = F.lit(last - timedelta(days=SHOWN_DAYS - 1))
    rows = context.lake.read(TABLE).where((F.col("day") >= since) & (F.col("day") <= F.lit(last)))
    address = f"{context.lake.root}/{PAGE}"
    text = monitor_page([row.asDict() for row in rows.collect()], last)
    with tempfile.TemporaryDirectory(prefix="interestlake-") as folder:
        local = local_path(context.spark, address)
        path = local or Path(folder) / "monitor.html"
        write_whole(path, text)
        if local is None:
            put_whole(context.spark, path, address)
        context.tracker.log_artifact(str(path))
    context.log.info("      page %s", address.removeprefix("file://"))


MONITOR = Stage(
    name="monitor",
    summary="data, lists and models held against the days before",
    reads=(EVENTS, ITEMS, QUARANTINE),
    writes=(TABLE,),
    section="monitor",
    run=_run,
    beside=True,
)
