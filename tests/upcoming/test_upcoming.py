"""Steps by hand, a rule that only a sequence model can see, and series whose future is known."""

import datetime as dt

import numpy as np
import pytest

from interestlake.interests.next_interest.forecast import backtest, forecast, smooth
from interestlake.interests.next_interest.histories import ALL, forecast_shares, monthly_shares
from interestlake.interests.next_interest.steps import (
    TEST,
    TRAIN,
    VALIDATION,
    Steps,
    figures,
    judge_baselines,
    markov,
    ranks,
)
from interestlake.interests.next_interest.transformer import train_next

NODES = np.array([f"category:{n}" for n in range(4)], object)


def steps(people: int, length: int, rule) -> Steps:
    rng, rows = np.random.default_rng(4), []
    for _ in range(people):
        row = list(rng.integers(0, 4, 2))
        while len(row) < length:
            row.append(rule(row, rng))
        rows.append(row)
    split = np.select([np.arange(length) >= length - 2, np.arange(length) >= length - 4], [TEST, VALIDATION], TRAIN)
    return Steps(np.repeat(np.arange(people), length), np.concatenate(rows), np.tile(split, people), NODES)


def to_and_fro(row, rng):
    # the step before tells nothing, the one before that tells all
    return row[-2]


def test_places_and_figures():
    places = ranks(np.array([[0.1, 0.5, 0.5, 0.0], [0.1, 0.5, 0.5, 0.0]]), np.array([2, 1]))
    assert places.tolist() == [2, 1]
    assert figures(places)["hit_rate", 1] == 0.5 and figures(places)["mrr", 0] == 0.75


def test_markov_counts_train_steps_only():
    split = np.array([TRAIN, TRAIN, TEST, TRAIN, TRAIN])
    given = Steps(np.array([0, 0, 0, 1, 1]), np.array([0, 1, 2, 0, 1]), split, NODES)
    assert given.targets(TEST).tolist() == [2]
    rows = markov(given, np.array([1, 2]), 1.0)
    assert rows[0] == pytest.approx([0.5 / 3, 2.5 / 3, 0, 0])
    assert rows[1] == pytest.approx(given.popularity)


def test_the_transformer_sees_what_markov_cannot():
    given = steps(200, 10, to_and_fro)
    baselines = {name: figures(places)["hit_rate", 1] for name, places in judge_baselines(given).items()}
    trained = train_next(given, 42)
    test = given.targets(TEST)
    found = figures(ranks(trained.scores(given, test), given.node[test]))["hit_rate", 1]
    assert max(baselines.values()) < 0.7 < 0.95 < found
    people, chance = trained.after(given)
    truth = [given.node[p * 10 + 8] for p in people]
    assert (chance.argmax(axis=1) == truth).mean() > 0.9 and chance.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_smoothing_is_holts_by_hand():
    fitted, level, slope = smooth(np.array([1.0, 2.0, 4.0]), 0.5, 0.5, 1.0)
    assert fitted.tolist() == [1.0, 1.0, 1.75] and (level, slope) == (2.875, 0.8125)


def test_it_follows_a_line_and_rests_on_a_level():
    line = np.arange(1.0, 25.0) / 24
    rising = backtest(line)
    assert rising["smoothing"] < rising["naive"] < rising["mean"]
    noise = 0.5 + 0.1 * np.random.default_rng(8).standard_normal(60)
    assert backtest(noise)["smoothing"] < 1.2 * backtest(noise)["mean"]
    assert forecast(line, 3)[0][-1] > line[-1] and backtest(line[:8]) == {}


def test_shares_per_month_and_their_forecast(spark):
    start = dt.datetime(2024, 1, 1)
    days = [(period * 30 + n, "a" if n < period else "b") for period in range(12) for n in range(12)]
    days = [*days, (361, "b")]
    users = ["u" if n % 2 else "v" if item == "a" else f"w{n % 4}" for n, (_, item) in enumerate(days)]
    rows = [(user, item, 1.0, start + dt.timedelta(days=day, hours=1))
            for user, (day, item) in zip(users, days, strict=True)]  # fmt: skip
    pairs = spark.createDataFrame(rows, "user_id string, item_id string, weight double, first_ts timestamp")
    held = spark.createDataFrame([("a", "tag:a"), ("b", "tag:b")], "item_id string, interest_id string")
    shares = pairs.transform(monthly_shares(held, 5, 2)).persist()
    assert {(r["interest"], r["people"]) for r in shares.collect()} == {("tag:a", 2), ("tag:b", 3), (ALL, 4)}
    assert pairs.transform(monthly_shares(held, 5, 3)).where("interest = 'tag:a'").isEmpty()
    found = {(r["interest"], r["period"]): r["share"] for r in shares.collect()}
    assert found["tag:a", 6] == pytest.approx(6 / 12) and found[ALL, 3] == pytest.approx(1.0)
    ahead = {(r["interest"], r["period"]): r for r in forecast_shares(shares).collect()}
    assert ahead["tag:a", 14]["share"] > 11 / 12 and ahead["tag:b", 14]["share"] < 1 / 12
    assert ahead["tag:a", 12]["smoothing"] < ahead["tag:a", 12]["naive"]
