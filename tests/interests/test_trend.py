"""Planted lines and waves are named for what they are; sums and errors agree with numpy's own least squares."""

import datetime as dt

import numpy as np
import pytest

from interestlake.interests.trend import Support, attention_sums, judge_trend, pooled

SEASONS = (7.0, 91.3125)
START = dt.datetime(2023, 1, 1)
HELD = [(f"i{n}", f"tag:{name}", weight) for name, numbers, weight in
        (("up", range(0, 50), 1.0), ("down", range(50, 100), 1.0), ("wave", range(100, 150), 1.0),
         ("half", range(0, 100, 2), 0.5)) for n in numbers]  # fmt: skip


def person(user: str, interest_at) -> list[tuple]:
    """200 choices over 400 days; interest_at(share of the period, day) -> up, down, wave or rest."""
    blocks = {"up": 0, "down": 50, "wave": 100, "rest": 150}
    rng, rows, used = np.random.default_rng(7), [], dict.fromkeys(blocks, 0)
    for day in np.sort(rng.uniform(0, 400, 200)):
        kind = interest_at(rng, day / 400, day)
        number = blocks[kind] + used[kind] % 50
        used[kind] += 1
        rows.append((user, f"i{number}", float(rng.uniform(0.3, 1.0)), START + dt.timedelta(days=float(day)), 1))
    return rows


def crossing(rng, moment, day):
    return "up" if rng.random() < moment else "down"


def seasonal(rng, moment, day):
    return "wave" if np.cos(2 * np.pi * day / SEASONS[1]) > 0 else "rest"


def steady(rng, moment, day):
    return "up" if rng.random() < 0.5 else "rest"


@pytest.fixture(scope="module")
def pairs(spark):
    rows = person("crossing", crossing) + person("seasonal", seasonal) + person("steady", steady)
    rows += [("timeless", "i1", 1.0, None, 1)] * 8
    return spark.createDataFrame(
        rows, "user_id string, item_id string, weight double, first_ts timestamp, event_count int"
    )


@pytest.fixture(scope="module")
def sums(spark, pairs):
    held = spark.createDataFrame(HELD, "item_id string, interest_id string, weight double")
    return pairs.transform(attention_sums(held, SEASONS)).persist()


@pytest.fixture(scope="module")
def judged(sums):
    rows = sums.transform(judge_trend(SEASONS, 0.05, Support(5, 3, 3, 30.0))).collect()
    return {(row["user_id"], row["interest_id"]): row for row in rows}


def test_planted_trends_get_their_names(judged):
    assert judged["crossing", "tag:up"]["trend"] == "rising"
    assert judged["crossing", "tag:down"]["trend"] == "fading"
    assert judged["steady", "tag:up"]["trend"] == "steady"
    wave = judged["seasonal", "tag:wave"]
    assert (wave["trend"], wave["period_days"]) == ("seasonal", SEASONS[1])
    nothing = judged["timeless", "tag:up"]
    assert nothing["trend"] == "unknown" and nothing["slope"] is None


def test_slope_is_the_planted_change_and_its_error_is_least_squares_own(judged, pairs):
    row = judged["crossing", "tag:up"]
    assert row["slope"] == pytest.approx(30 / 400, abs=3 * row["slope_error"])
    chosen = [r for r in pairs.collect() if r["user_id"] == "crossing"]
    t = np.array([(r["first_ts"] - START).total_seconds() / 86_400 / 30 for r in chosen])
    w = np.array([r["weight"] for r in chosen])
    y = np.array([float(int(r["item_id"][1:]) < 50) for r in chosen])
    design = np.stack([np.ones_like(t), t], axis=1) * np.sqrt(w)[:, None]
    found, left, *_ = np.linalg.lstsq(design, y * np.sqrt(w), rcond=None)
    error = np.sqrt(left[0] / (len(t) - 2) * np.linalg.inv(design.T @ design)[1, 1])
    assert (row["slope"], row["slope_error"]) == (pytest.approx(found[1]), pytest.approx(error))


def test_pooled_sums_are_the_people_together(sums):
    whole = {row["interest_id"]: row for row in sums.transform(pooled(30.0)).collect()}
    parts = [row for row in sums.where("timed > 0 AND interest_id = 'tag:up'").collect()]
    assert whole["tag:up"]["ty"] == pytest.approx(sum(row["ty"] for row in parts))
    assert whole["tag:up"]["people"] == whole["tag:up"]["means"] == len(parts) == 2
