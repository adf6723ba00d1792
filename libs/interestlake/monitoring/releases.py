"""Verdicts on what is served and on what was read: releases, and runs that ingested. No Spark."""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np

from .judge import ALARM, OK, UNKNOWN, Limits, Verdict
from .lists import Lists
from .measures import psi, spread

LEAST_RUNS = 3  # ingests before one that say what is usual


def judge_release(
    day: date, subject: str, lists: Lists, former: Lists | None, change: float, drift: float
) -> list[Verdict]:
    """coverage, popularity and scores of a release's lists beside those of the one before.

    change: relative loss of coverage, or gain of popularity, that is an alarm; drift: of the PSI of the scores.
    """
    if former is None:
        why = "no release before it"
        return [Verdict(day, name, subject, value, None, None, None, None, UNKNOWN, why)
                for name, value in (("coverage", lists.coverage), ("popularity", lists.popularity))]  # fmt: skip
    low, high = former.coverage * (1 - change), former.popularity * (1 + change)
    found = [
        Verdict(day, "coverage", subject, lists.coverage, former.coverage, low, 1.0, None,
                OK if lists.coverage >= low else ALARM),
        Verdict(day, "popularity", subject, lists.popularity, former.popularity, 0.0, high, None,
                OK if lists.popularity <= high else ALARM),
    ]  # fmt: skip
    if lists.scores and former.scores:
        value = psi(np.array(lists.scores), np.array(former.scores))
        found.append(Verdict(day, "scores", subject, value, 0.0, 0.0, drift, None, OK if value <= drift else ALARM))
    return found


def judge_age(day: date, subject: str, age_days: float, most: float) -> Verdict:
    """Days from a release to the end of the day."""
    return Verdict(day, "model_age", subject, age_days, None, 0.0, most, None, OK if age_days <= most else ALARM)


def judge_ingests(day: date, source: str, ingests: Sequence[dict[str, float]], limits: Limits) -> Iterator[Verdict]:
    """quarantined and dropped of the newest of a source's ingests, oldest first, beside those before it.

    ingests: events, quarantined, duplicates_dropped of each, as the stage ingest notes them.
    """
    for name, key in (("quarantined", "quarantined"), ("dropped", "duplicates_dropped")):
        shares = np.array([one[key] / max(one["events"] + one[key], 1.0) for one in ingests])
        value, before = float(shares[-1]), shares[:-1]
        if len(before) < LEAST_RUNS:
            why = f"{len(before)} ingests before it, fewer than {LEAST_RUNS}"
            yield Verdict(day, name, source, value, None, None, None, None, UNKNOWN, why)
            continue
        usual = float(np.median(before))
        high = usual + max(limits.least_share, limits.threshold * spread(before))
        yield Verdict(day, name, source, value, usual, 0.0, min(high, 1.0), None, ALARM if value > high else OK)
