"""The lake's test phase and `interestlake benchmark` on one split: the same lists, the same nDCG of every model."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from interestlake.cli.main import main as cli
from interestlake.recommending.chosen_tables import chosen_rows, fusion_row, kept_of
from interestlake.recommending.export import frames_of
from interestlake.recommending.learned_ranker import cross_fitted
from interestlake.recommending.passes import model_frames

from .frames import QUICK, block_of, lake_models, ndcg_of

K = 10


@pytest.fixture(scope="module", params=["weights", "ranker", "untimed"])
def both(request, tmp_path_factory):
    """(test lists of the lake's phase, its choice and models, folder of what the benchmark made of the split's files).

    timed: a second for each place, so that everybody's pairs of one place are at the same time.
    """
    folder = tmp_path_factory.mktemp(request.param)
    models = lake_models(params=QUICK | {"evaluate.ks": [K]}, texts=False)
    if request.param != "untimed":
        rows = models.frames.pairs
        frames = replace(models.frames, pairs=rows.assign(time=1000.0 + rows["position"]), timed=True)
        models = replace(models, frames=frames, inputs=frames.split())
    choice = models.choose(None)
    if request.param == "ranker":
        heard = choice.pools[0].of_models([choice.names.index(name) for name in choice.fusion.names])
        _, booster = cross_fitted(heard, choice.relevant[0], np.arange(len(heard.people)) % 4, K, 1)
        choice = replace(choice, fusion=replace(choice.fusion, method="ranker", booster=booster))
    options = []
    for name, (option, frame) in frames_of(models.frames).items():
        frame.to_csv(folder / f"{name}.csv", index=False)
        options += [option, str(folder / f"{name}.csv")]
    kept = kept_of(chosen_rows(choice, "r"), fusion_row(choice.fusion, "r")["plain"])
    (folder / "chosen.json").write_text(json.dumps(kept))
    chosen = ["--chosen", str(folder / "chosen.json")]
    assert cli(["benchmark", *options, *chosen, "--top", str(K), "--out", str(folder / "out")]) == 0
    asked = models.frames.pairs.loc[models.frames.pairs["split"] == "test", "user_id"].unique()
    block = block_of(models, "train", "validation")
    block = block[block["user_id"].isin(asked)]
    lists = pd.concat(model_frames(iter([block]), models.for_test(choice), K))
    return lists, choice, models, folder


def test_the_figures_are_the_same(both):
    lists, choice, models, folder = both
    report = json.loads((folder / "out" / "metrics.json").read_text())["models"]
    held = models.frames.of("test").groupby("user_id")["item_id"].agg(set).to_dict()
    expected = {name: ndcg_of(rows, held, K) for name, rows in lists.groupby("model")}
    assert {name: figures["ndcg@10"] for name, figures in report.items()} == pytest.approx(expected, abs=1e-4)
    assert set(expected) == {*choice.names, "fused"}


def test_the_lists_are_the_same(both):
    lists, choice, _, folder = both
    files = pd.read_parquet(folder / "out" / "recommendations.parquet")
    keys = ["model", "user_id", "rank"]
    merged = lists.merge(files, on=keys, suffixes=("", "_of_files"))
    assert len(merged) == len(lists)
    # scores of the rows and of the arrays differ in the last digits, and so may a tie
    same = (merged["item_id"] == merged["item_id_of_files"]).groupby(merged["model"]).mean()
    assert same.min() >= 0.99, same


def test_choice_and_fusion_are_the_same(both):
    _, choice, _, folder = both
    kept = json.loads((folder / "out" / "chosen.json").read_text())
    assert kept["fusion"] == choice.fusion.as_dict() and kept["left_out"] == choice.left_out
    assert [entry["name"] for entry in kept["models"]] == choice.names
    report = json.loads((folder / "out" / "metrics.json").read_text())
    assert report["fusion"]["method"] == choice.fusion.method and report["left_out"] == choice.left_out
