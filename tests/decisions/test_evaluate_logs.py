"""Logged rows by Spark beside numpy, the lists of a run as the new policy, and the whole command."""

import numpy as np
import pandas as pd
import pytest
from bench.decide.logs import world

from interestlake.core.lake import Lake
from interestlake.core.params.all import Params
from interestlake.evaluation.logged_rows import count_logged, shown_by, weighed
from interestlake.evaluation.moments import moments_of
from interestlake.privacy.identity import origin_row, place_origin
from interestlake.privacy.names import Origin
from interestlake.privacy.pseudonyms import pseudonymise


def frame_of(logs, **more):
    return pd.DataFrame({
        "user_id": [f"u{n}" for n in logs.person], "propensity": logs.propensity, "new_propensity": logs.new,
        "reward": logs.reward, "predicted": logs.predicted, "new_predicted": logs.new_predicted, **more,
    })  # fmt: skip


@pytest.mark.parametrize("clip", [0.0, 1.5])
def test_sums_by_spark_are_those_of_numpy(spark, clip):
    logs = world(200, np.random.default_rng(0))
    found = count_logged(spark.createDataFrame(frame_of(logs)).transform(weighed(clip)))
    weight = logs.new / logs.propensity
    cut = np.minimum(weight, clip) if clip else weight
    expected = moments_of(logs.sums(clip))
    assert found.people.count == 200 and found.people.mean == pytest.approx(expected.mean)
    assert found.people.scatter == pytest.approx(expected.scatter)
    assert (found.squares, found.largest) == pytest.approx(((cut**2).sum(), cut.max()))
    assert (found.unmatched, found.cut) == ((weight == 0).sum(), (weight > cut).sum())
    assert found.modelled == found.some == len(weight)


def test_lists_show_what_they_hold(spark):
    lists = spark.createDataFrame([("ann", 1, "a"), ("ann", 2, "b"), ("ann", 3, "c"), ("bob", 1, "a")],
                                  "user_id string, rank int, item_id string")  # fmt: skip
    rows = spark.createDataFrame(
        [("ann", "a", 1.0), ("ann", "b", 1.0), ("ann", "c", 3.0), ("bob", "z", 1.0), ("eve", "a", 1.0)],
        "user_id string, item_id string, place double",
    )  # fmt: skip

    def shown(top, by_place):
        found = rows.transform(shown_by(lists, top, by_place)).collect()
        return {row["user_id"] + row["item_id"]: row["new_propensity"] for row in found}

    assert shown(2, False) == {"anna": 1, "annb": 1, "annc": 0, "bobz": 0}  # eve has no list
    assert shown(3, True) == {"anna": 1, "annb": 0, "annc": 1, "bobz": 0}


def test_the_command_estimates_and_keeps_what_it_found(spark, call, tmp_path, capsys):
    logs = world(400, np.random.default_rng(1))
    file = tmp_path / "served.csv"
    frame_of(logs).to_csv(file, index=False)
    with open(file, "a", encoding="utf-8") as more:
        more.write("u1,0,0.5,1,0,0\nu1,1.2,0.5,1,0,0\nu1,0.5,1.5,1,0,0\nu1,0.5,0.5,lots,0,0\n")
    given = ("evaluate-logs", "--input", file, "--run-id", "l1")
    assert call(*given) == 0
    said = capsys.readouterr().out
    assert f"{len(logs.person):,} logged rows of 400 people; 4 rows set aside, see bronze.quarantine" in said
    assert "\nby dr: " in said and "warning" not in said
    rows = {row["estimator"]: row for row in Lake(spark, call.lake).read("gold.policy_values").collect()}
    weight = logs.new / logs.propensity
    assert rows["ips"]["value"] == pytest.approx((weight * logs.reward).mean())
    assert rows["snips"]["value"] == pytest.approx((weight * logs.reward).sum() / weight.sum())
    assert rows["dr"]["effective"] == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    reasons = {row["reason"].split(":")[0] for row in Lake(spark, call.lake).read("bronze.quarantine").collect()}
    assert reasons == {"propensity not usable", "new_propensity not usable", "reward not a number"}
    assert call(*given) == 0 and capsys.readouterr().out == said  # the same run id again


def test_the_lists_of_a_run_are_the_new_policy(spark, call, tmp_path, capsys):
    lake = Lake(spark, call.lake)
    origin, key = place_origin(lake, Origin("shop", "shop", "shop"), False, Params().ingest.pseudonym_key_file)
    lake.write("ops.sources", origin_row(lake, origin), "r1")
    lists = spark.createDataFrame([(f"u{n}", rank, f"i{rank}") for n in range(150) for rank in (1, 2)],
                                  "user_id string, rank int, item_id string")  # fmt: skip
    lists = lists.transform(pseudonymise("user_id", people="shop", key=key))
    nothing = ("code string", "named array<string>", "fact array<string>", "interests array<string>")
    rest = (
        "1d AS score", "CAST(array() AS array<struct<source:string,share:double>>) AS sources",
        "CAST(array() AS array<string>) AS evidence", "'why' AS reason",
        *(f"CAST(NULL AS {kind}) AS {name}" for name, kind in (one.split() for one in nothing)),
    )  # fmt: skip
    for run, shift in (("r1", 0), ("r2", 5)):
        shown = f"concat('i', rank + {shift}) AS item_id"
        rows = lists.selectExpr("user_id", "rank", shown, *rest, f"'{run}' AS run_id")
        lake.write("gold.recommendations", rows, run)
    # of four items, two shown: each with probability a half; i1 and i2 are liked, the others are not
    generator = np.random.default_rng(2)
    shown = [(f"u{n}", f"i{1 + i}", 0.5, float(i < 2)) for n in range(151) for i in generator.permutation(4)[:2]]
    pd.DataFrame(shown, columns=["user_id", "item_id", "propensity", "reward"]).to_csv(tmp_path / "s.csv", index=False)
    given = ("evaluate-logs", "--input", tmp_path / "s.csv")
    assert call(*given, "--lists-of", "r1", "--top", "2") == 0
    said = capsys.readouterr().out
    assert "2 rows of people without a list left out" in said and "\nby snips: better than what was logged by" in said
    rows = {row["estimator"]: row for row in lake.read("gold.policy_values").collect()}
    assert rows["snips"]["value"] == 1.0 and rows["snips"]["lists_of"] == "r1" and rows["ips"]["people"] == 150
    assert call(*given, "--lists-of", "r2", "--top", "2") == 2  # nothing of its lists was ever shown
    assert call(*given, "--lists-of", "r9") == 2


@pytest.mark.parametrize(("change", "said"), [
    (lambda frame: frame.drop(columns="new_propensity"), "expected a column new_propensity"),
    (lambda frame: frame.drop(columns="predicted"), "predicted and new_predicted in 0 of"),
    (lambda frame: frame.assign(user_id="u1"), "found 1 people; expected at least two"),
    (lambda frame: frame.assign(new_propensity=0), "found no row that the new policy would show"),
    (lambda frame: frame.assign(propensity=0), "records unusable"),
])  # fmt: skip
def test_bad_input_says_what_was_found_and_expected(call, tmp_path, caplog, change, said):
    change(frame_of(world(20, np.random.default_rng(3)))).to_csv(tmp_path / "served.csv", index=False)
    assert call("evaluate-logs", "--input", tmp_path / "served.csv") == 2
    assert said in caplog.text
