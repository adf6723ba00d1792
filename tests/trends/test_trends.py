"""Trends: planted jumps raise the only alarms, the figures are numpy's, quiet series stay quiet."""

import datetime as dt

import numpy as np
import pytest
from pyspark.sql import functions as F

from interestlake.cli.exploring import closing
from interestlake.core.errors import BadInput
from interestlake.core.params.all import Trend
from interestlake.core.schemas.all import ALL
from interestlake.interests.trends.series import dated, of_items, trend_series
from interestlake.stages.trend import TREND

START, DAYS, NAMES = dt.datetime(2024, 1, 1), 40, ("calm", "loud", "sour", "rare")
PARAMS = Trend(by="item", period_days=1, history=10, min_texts=8, threshold=5.0)
DOCUMENT = (
    "doc_id string, text_hash string, kind string, item_id string, user_id string, text string, "
    "rating double, event_ts timestamp, split string"
)


def texts(seed=4):
    """(item, day, polarity): loud is written about three times as much on day 25, sour turns on day 32 for good."""
    generator, rows = np.random.default_rng(seed), []
    for day in range(DAYS):
        for name in NAMES[:3]:
            count = 90 if (name, day) == ("loud", 25) else 30
            mean = -0.6 if name == "sour" and day >= 32 else 0.3
            rows += [(name, day, float(p)) for p in np.clip(generator.normal(mean, 0.4, count), -1, 1)]
        if day % 9 == 0:
            rows.append(("rare", day, -1.0))
    return rows


@pytest.fixture(scope="module")
def tables(spark):
    rows = texts()
    documents = spark.createDataFrame(
        [
            (
                f"d{n}",
                f"h{n}",
                "review",
                item,
                f"u{n % 25}",
                "t",
                None,
                START + dt.timedelta(days=day, minutes=n % 1400),
                "train",
            )
            for n, (item, day, _) in enumerate(rows)
        ],
        DOCUMENT,
    ).persist()
    features = spark.createDataFrame(
        [(f"h{n}", 1, [], [], [], polarity, "neutral", "x") for n, (*_, polarity) in enumerate(rows)],
        ", ".join(f"{column.name} {column.type}" for column in ALL["silver.text_features"].columns),
    )
    items = spark.createDataFrame(
        [(name, n, name.upper(), None, [], 1) for n, name in enumerate(NAMES)],
        "item_id string, item_index int, title string, description string, categories array<string>, user_count int",
    )
    return rows, {"silver.documents": documents, "silver.text_features": features, "silver.items": items}


@pytest.fixture(scope="module")
def series(tables):
    _, frames = tables
    documents = frames["silver.documents"]
    subjects = of_items(documents, frames["silver.items"])
    rows = subjects.transform(trend_series(dated(documents), frames["silver.text_features"], PARAMS)).collect()
    return {(row["id"], (row["period_start"] - START).days): row for row in rows}


def test_the_planted_jumps_raise_the_only_alarms(series):
    alarms = {key: row["alarm"] for key, row in series.items() if row["alarm"]}
    assert alarms[("loud", 25)] == "attention rises"
    assert alarms[("sour", 32)] == "sentiment falls"
    # what one jump does to the others' shares, and the days in which sour's new tone is not yet its usual one
    others = {key for key in alarms if key not in {("loud", 25), ("sour", 32)}}
    assert others <= {("calm", 25), ("sour", 25), *(("sour", day) for day in range(33, 40))}
    assert not [key for key in alarms if key[0] == "rare" or key[1] < 10]


FOURTH = dt.datetime(2024, 1, 2)  # a multiple of four days after 1970-01-01


def shouted(spark, by_one: bool, day_in_week: int | None, period_days: int):
    """Two subjects of 30 texts a day by 30 people over 12 periods; in the last, 100 more of one of them -> its row."""
    rows = [("ab"[n % 2], f"p{n % 31}", day) for day in range(12 * period_days) for n in range(60)]
    last = 11 * period_days
    for n in range(100 * period_days):
        day = last + (n % period_days if day_in_week is None else day_in_week)
        rows.append(("b", "shouter" if by_one else f"q{n % 60}", day))
    documents = spark.createDataFrame(
        [(f"d{n}", f"h{n}", "review", item, user, "t", None, FOURTH + dt.timedelta(days=day, minutes=n % 1400), "train")
         for n, (item, user, day) in enumerate(rows)], DOCUMENT)  # fmt: skip
    polarities = documents.selectExpr("text_hash", "0.1D polarity")
    params = Trend(by="item", period_days=period_days, history=8, min_texts=5, threshold=4.0)
    items = spark.createDataFrame([("a", "A"), ("b", "B")], "item_id string, title string")
    series = of_items(documents, items).transform(trend_series(dated(documents), polarities, params))
    return series.where("id = 'b'").orderBy(F.desc("period_start")).first()


@pytest.mark.parametrize(
    ("by_one", "day_in_week", "period_days", "alarm"),
    [
        (True, None, 1, None),  # one person's hundred texts are no trend
        (False, None, 1, "attention rises"),
        (False, 3, 2 * 2, None),  # nor is one day of several
        (False, None, 2 * 2, "attention rises"),
    ],
)
def test_nothing_rises_on_one_person_or_one_day(spark, by_one, day_in_week, period_days, alarm):
    row = shouted(spark, by_one, day_in_week, period_days)
    assert row["alarm"] == alarm and row["attention_z"] > 4
    assert row["people"] == (31 if by_one else 90)
    share, usual = row["share"], row["usual_share"]
    assert row["low"] < share - usual < row["high"] and row["low"] > 0


def test_fewer_than_twenty_people_raise_no_alarm(spark, tables):
    """The planted jump and turn, written by nineteen."""
    documents = tables[1]["silver.documents"].withColumn("user_id", F.concat(F.lit("u"), F.crc32("doc_id") % 19))
    subjects = of_items(documents, tables[1]["silver.items"])
    rows = subjects.transform(trend_series(dated(documents), tables[1]["silver.text_features"], PARAMS))
    assert rows.where("alarm IS NOT NULL").isEmpty() and rows.agg(F.max("people")).first()[0] == 19


def test_every_subject_has_every_period(series):
    assert set(series) == {(name, day) for name in NAMES for day in range(DAYS)}
    quiet = series["rare", 1]
    assert (quiet["texts"], quiet["share"], quiet["polarity"], quiet["polarity_z"]) == (0, 0.0, None, None)
    assert series["calm", 9]["attention_z"] is None and series["calm", 10]["attention_z"] is not None


@pytest.mark.parametrize("key", [("loud", 25), ("sour", 35), ("calm", 17)])
def test_figures_are_those_of_numpy(tables, series, key):
    (name, day), rows = key, tables[0]
    inside = [(item, polarity) for item, at, polarity in rows if at == day]
    before = [(item, polarity) for item, at, polarity in rows if day - 10 <= at < day]
    now, then = (np.array([p for item, p in part if item == name]) for part in (inside, before))
    pooled = (len(now) + len(then)) / (len(inside) + len(before))
    attention = (len(now) / len(inside) - len(then) / len(before)) / np.sqrt(
        pooled * (1 - pooled) * (1 / len(inside) + 1 / len(before))
    )
    both = ((now - now.mean()) ** 2).sum() + ((then - then.mean()) ** 2).sum()
    variance = both / (len(now) + len(then) - 2)
    polarity = (now.mean() - then.mean()) / np.sqrt(variance * (1 / len(now) + 1 / len(then)))
    row = series[key]
    assert row["attention_z"] == pytest.approx(attention, abs=1e-8)
    assert row["polarity_z"] == pytest.approx(polarity, abs=1e-7)
    assert row["polarity"] == pytest.approx(now.mean(), abs=1e-8)


def test_the_stage_writes_the_table_and_tells_the_alarms(tables, stage_context, caplog, capsys):
    context = stage_context(
        overrides={
            f"trend.{name}": getattr(PARAMS, name)
            for name in ("by", "period_days", "history", "min_texts", "threshold")
        }
    )
    for name, frame in tables[1].items():
        frame.write.format("delta").save(context.lake.path(name))
    caplog.set_level("INFO", logger="interestlake")
    figures = TREND.run(context)
    assert (figures["subjects"], figures["periods"], figures["rows"]) == (4, DAYS, 4 * DAYS) and figures["alarms"] >= 2
    assert "ALARM 2024-01-26  LOUD: attention rises, share 60.0 % of 33." in caplog.text
    closing.trend(context.lake, figures, context.params)
    told = capsys.readouterr().out
    assert "subjects 4" in told and "LOUD" in told and "sentiment falls" in told and "the newest period" in told
    assert "ALARM 2024-02-02  SOUR: sentiment falls, polarity -" in caplog.text  # no share, which did not move


def test_texts_without_a_time_are_one_message(tables, stage_context):
    context = stage_context()
    for name, frame in tables[1].items():
        timeless = frame.withColumn("event_ts", F.lit(None).cast("timestamp")) if "event_ts" in frame.columns else frame
        timeless.write.format("delta").save(context.lake.path(name))
    with pytest.raises(BadInput, match="silver.documents: found no review with a time"):
        TREND.run(context)
    assert not context.lake.exists("gold.trends")
