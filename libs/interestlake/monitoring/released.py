"""What a lake serves, looked up at the days that are judged: which lists stood, which stood before them, how old."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ..core.commits import KEEPING, Commit
from ..core.lake import Lake
from ..core.params.beside import Monitor
from .judge import Counts, Limits, Verdict, judge
from .lists import chosen_of_lists, describe_lists, score_tenths, served_beside
from .releases import judge_age, judge_ingests, judge_release

LISTS, SERVED = "gold.recommendations", "bronze.served"


def released_verdicts(
    lake: Lake, events: DataFrame, first: date, days: Sequence[date], params: Monitor, limits: Limits
) -> list[Verdict]:
    """Verdicts of ingests and of what is served; of a lake without lists, of ingests alone.

    events: bronze.events; first: of the days that `days`, ascending, are held against. Some five small Spark jobs, and
    one over the days' events for each release that stood in them.
    """
    found = list(_ingests(lake, days[-1], limits))
    if not lake.exists(LISTS):
        return found
    releases = _releases(lake)
    found += _newest(lake, days[-1], releases, params)
    counts = {**_listed(lake, events, first, days[-1], releases), **_served(lake, first, days[-1], releases)}
    return found + judge(counts, days, limits)


def _ingests(lake: Lake, day: date, limits: Limits) -> Iterator[Verdict]:
    """Of each source, in the order in which its runs were noted."""
    rows = lake.read("ops.stages").where("stage = 'ingest'").join(lake.read("ops.runs"), "run_id")
    noted = rows.select("source", "metrics", F.element_at("versions", "bronze.events").alias("version")).collect()
    by_source: dict[str, list] = {}
    for row in sorted(noted, key=lambda row: row["version"] or 0):
        by_source.setdefault(row["source"], []).append(row["metrics"])
    for source, ingests in sorted(by_source.items()):
        whole = [one for one in ingests if {"events", "quarantined", "duplicates_dropped"} <= set(one)]
        if whole:
            yield from judge_ingests(day, source, whole, limits)


def _releases(lake: Lake) -> list[Commit]:
    """Commits that changed the lists, newest first; of a run the newest, so that a click of a person makes none."""
    seen, found = set(), []
    whole = set(_runs_with_lists(lake))
    for commit in lake.commits(LISTS):
        if commit.operation in KEEPING or commit.run_id not in whole or commit.run_id in seen:
            continue
        seen.add(commit.run_id)
        found.append(commit)
    return found


def _runs_with_lists(lake: Lake) -> list[str]:
    return [row["run_id"] for row in lake.read("ops.stages").where("stage = 'recommend'").select("run_id").collect()]


def _newest(lake: Lake, day: date, releases: Sequence[Commit], params: Monitor) -> list[Verdict]:
    """The release that stood at the end of the day, beside the one before it."""
    end = _ms(day + timedelta(days=1))
    stood = [one for one in releases if one.written_ms < end] or list(releases[-1:])
    if not stood:
        return []
    people, items = lake.read("silver.users").count(), lake.read("silver.items")
    subject = f"run {stood[0].run_id}"
    lists = describe_lists(lake.read(LISTS, stood[0].version), items, people)
    former = None
    if len(stood) > 1:
        before = lake.read(LISTS, stood[1].version)
        now, then = score_tenths(lake.read(LISTS, stood[0].version), before)
        former = replace(describe_lists(before, items, people), scores=then)
        lists = replace(lists, scores=now)
    age = max(end - stood[0].written_ms, 0) / 86_400_000
    return [judge_age(day, subject, age, params.max_model_days),
            *judge_release(day, subject, lists, former, params.max_lists_change, params.drift)]  # fmt: skip


def _listed(lake: Lake, events: DataFrame, first: date, last: date, releases: Sequence[Commit]) -> Counts:
    """What people chose of the lists that stood at the beginning of each day."""
    counts: dict = {}
    for release, since, until in _stretches(releases, first, last):
        timed = events.withColumn("day", F.to_date("event_ts"))
        days = timed.where((F.col("day") >= F.lit(since)) & (F.col("day") <= F.lit(until)))
        rows = lake.read(LISTS, release.version).transform(
            chosen_of_lists(days, timed.where(F.col("day") < F.lit(since)))
        )
        for row in rows.collect():
            counts[row["day"], "listed", LISTS, ""] = (float(row["hits"]), float(row["pairs"]))
    return counts


def _served(lake: Lake, first: date, last: date, releases: Sequence[Commit]) -> Counts:
    """What a service showed of lists of the lake, held to the lists of the run that it names."""
    counts: dict = {}
    if not lake.exists(SERVED):
        return counts
    shown = lake.read(SERVED).where("list_source = 'lake'").withColumn("day", F.to_date("served_at"))
    shown = shown.where((F.col("day") >= F.lit(first)) & (F.col("day") <= F.lit(last)))
    for release in releases:
        own = shown.where(F.col("made_by") == F.lit(release.run_id))
        for row in own.transform(served_beside(lake.read(LISTS, release.version))).collect():
            amount, of = counts.get((row["day"], "served", SERVED, ""), (0.0, 0.0))
            counts[row["day"], "served", SERVED, ""] = (amount + row["strangers"], of + row["places"])
    return counts


def _stretches(releases: Sequence[Commit], first: date, last: date) -> Iterator[tuple[Commit, date, date]]:
    """(release, first day, last day) of the stretches in which each was the newest at the day's beginning."""
    until = last
    for release in releases:  # newest first
        begins = datetime.fromtimestamp(release.written_ms / 1000, UTC).date() + timedelta(days=1)
        since = max(begins, first)
        if since <= until:
            yield release, since, until
            until = since - timedelta(days=1)
        if until < first:
            return


def _ms(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp() * 1000)
