"""The generated world's events by day in the shape of bronze, and ten faults that a day may bring."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from interestlake.sources.sample.catalogue import build_catalogue, item_id
from interestlake.sources.sample.interests import INTERESTS
from interestlake.sources.sample.people import choose_friends, live, make_person

PEOPLE, SEED = 6_000, 5
LAST = date(2024, 1, 15)
DAYS = 62
EVENTS = (
    "user_id string, item_id string, event_type string, value double, text string, event_ts timestamp, source string"
)
OTHER_WORDS = ("zapato", "cielo", "manzana", "ventana", "camino", "lluvia", "puerta", "fuego")


def generated() -> tuple[pd.DataFrame, pd.DataFrame]:
    """(events of the DAYS up to LAST, items); people of two shops, the second with a third of them."""
    catalogue = build_catalogue(SEED, PEOPLE)
    since = pd.Timestamp(LAST - timedelta(days=DAYS - 1))
    rows = []
    for number in range(PEOPLE):
        person = make_person(SEED, number)
        choose_friends(SEED, PEOPLE, person)
        rows += live(person, catalogue)[0]
    events = pd.DataFrame(rows)
    events["event_ts"] = pd.to_datetime(events.pop("timestamp"), unit="s")
    events = events[(events["event_ts"] >= since) & (events["event_ts"] < pd.Timestamp(LAST) + pd.Timedelta(days=1))]
    events["source"] = np.where(events["user_id"].str[-1].isin(list("012")), "second", "first")
    events["value"] = events["value"].astype(float)
    items = [(item_id(number), [INTERESTS[int(catalogue.interest[number])].name]) for number in range(catalogue.size)]
    columns = [column.split()[0] for column in EVENTS.split(", ")]
    return events[columns].reset_index(drop=True), pd.DataFrame(items, columns=["item_id", "categories"])


def _today(events: pd.DataFrame) -> pd.Series:
    return events["event_ts"].dt.date == LAST


def _with(events: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([events, more], ignore_index=True)


def dead_source(events, items):
    return events[~(_today(events) & (events["source"] == "second"))]


def doubled_events(events, items):
    again = events[_today(events)].copy()
    again["event_ts"] += pd.Timedelta(seconds=1)  # a client that sends anew until it is answered
    return _with(events, again)


def currency_change(events, items):
    events = events.copy()
    events.loc[_today(events) & (events["event_type"] == "play"), "value"] *= 130
    return events


def client_sends_nulls(events, items):
    events = events.copy()
    mobile = events["user_id"].str[-2].isin(list("01234"))
    events.loc[_today(events) & mobile & (events["event_type"] == "rating"), "value"] = np.nan
    return events


def bot(events, items):
    rng = np.random.default_rng(1)
    times = pd.Timestamp(LAST) + pd.to_timedelta(rng.integers(0, 86_400, 150), unit="s")
    chosen = items["item_id"].to_numpy()[rng.integers(0, len(items), 150)]
    seen = {"user_id": "u9999999", "item_id": chosen, "event_type": "view", "value": np.nan, "text": None}
    return _with(events, pd.DataFrame(seen | {"event_ts": times, "source": "first"}))


def season(events, items):
    events, rng = events.copy(), np.random.default_rng(2)
    gifts = items.loc[items["categories"].str[0] == "coffee brewing", "item_id"].to_numpy()
    turned = _today(events) & (rng.random(len(events)) < 0.4)
    events.loc[turned, "item_id"] = gifts[rng.integers(0, len(gifts), turned.sum())]
    return events


def vocabulary_shift(events, items):
    events, rng = events.copy(), np.random.default_rng(3)
    spoken = _today(events) & (events["event_type"] == "review") & (rng.random(len(events)) < 0.5)
    events.loc[spoken, "text"] = [" ".join(rng.choice(OTHER_WORDS, 20)) for _ in range(spoken.sum())]
    return events


def broken_join(events, items):
    events = events.copy()
    some = _today(events) & (events["source"] == "first")
    events.loc[some, "item_id"] = events.loc[some, "item_id"].str.removeprefix("i")  # ids as numbers
    return events


def shifted_clock(events, items):
    events = events.copy()
    some = _today(events) & (events["source"] == "first")
    events.loc[some, "event_ts"] += pd.Timedelta(hours=5)
    return events


# fault -> (what plants it, the figure that names it, of what)
FAULTS = {
    "a dead source": (dead_source, "volume", "second/view"),
    "doubled events": (doubled_events, "duplicates", "first"),
    "a currency change": (currency_change, "values", "first/play"),
    "a client that sends nulls": (client_sends_nulls, "nulls", "first/rating/value"),
    "a bot": (bot, "one_person", "first"),
    "a season": (season, "categories", "first"),
    "a vocabulary shift": (vocabulary_shift, "words", "first"),
    "a broken join": (broken_join, "unknown_items", "first"),
    "a shifted clock": (shifted_clock, "hours", "first"),
}
