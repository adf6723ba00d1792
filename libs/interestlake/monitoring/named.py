"""What each figure of the monitor is, and what its alarms have meant, in words for a log, a page and a terminal."""

from collections.abc import Mapping

from .judge import ALARM, FIGURES, Verdict

ABOUT: dict[str, str] = {
    **{name: meaning for name, (_, meaning) in FIGURES.items()},
    "vectors": "squared shift of the mean of the texts' vectors, in variances",
    "quarantined": "share of records that the newest ingest set aside",
    "dropped": "share of events that the newest ingest dropped as equal to another",
    "coverage": "share of the catalogue that stands in some list",
    "popularity": "mean share of the people who have chosen a listed item",
    "scores": "population stability index of the lists' scores beside the release before",
    "model_age": "days from the release to the end of the day",
}
LIKELY = {
    "volume": "a source that stopped, or events that were sent more than once",
    "silence": "a source that stopped",
    "duplicates": "events that were sent more than once",
    "refused": "a client that no longer sends a field; bronze.quarantine has the reasons",
    "nulls": "a client that no longer sends the column",
    "unknown_items": "a join that broke: the catalogue of another edition, or ids written another way",
    "one_person": "a bot, or an account shared by many",
    "values": "another unit: a currency, a scale, a count in place of a rating",
    "hours": "a clock or a time zone that was shifted",
    "categories": "a season, a campaign, or a catalogue whose categories were renamed",
    "words": "another language, another kind of text, or another tokeniser upstream",
    "vectors": "texts of another kind, or vectors of another encoder",
    "quarantined": "files in another layout",
    "dropped": "files that were loaded twice, or events that were sent more than once",
    "listed": "lists that no longer fit what people choose",
    "served": "a service that shows other lists than the lake holds",
    "coverage": "a release that shows fewer items",
    "popularity": "a release that shows what everybody has chosen",
    "scores": "a release whose scores mean something else",
    "model_age": "runs that no longer release",
}


def alarm_line(verdict: Verdict | Mapping) -> str:
    """One alarm in a line: the figure, of what, its value, what is usual, and what such an alarm has meant."""
    row = verdict if isinstance(verdict, Mapping) else vars(verdict)
    usual = "" if row["usual"] is None else f", usually {row['usual']:.3g}"
    if row["low"] is not None and row["high"] is not None:
        usual += f" (alarm outside {row['low']:.3g} to {row['high']:.3g})"
    why = f"; {row['why']}" if row["why"] else ""
    return f"{row['figure']} of {row['subject']}: {row['value']:.3g}{usual}{why}. Often {LIKELY[row['figure']]}."


def message(day: str, run_id: str, rows: list[dict]) -> dict:
    """Rows of gold.monitor of a day -> what a webhook is told: counts, and each alarm with its line as `text`."""
    alarms = [row for row in rows if row["verdict"] == ALARM]
    told = [{name: row[name] for name in ("figure", "subject", "value", "usual", "low", "high")} for row in alarms]
    text = "; ".join(alarm_line(row) for row in alarms) or "nothing out of line"
    return {"monitor": "interestlake", "day": day, "run_id": run_id, "figures": len(rows), "alarms": told,
            "text": f"{day}: {text}"}  # fmt: skip
