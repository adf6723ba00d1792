"""`interestlake compress` on a tiny tuned model: what each form keeps, and what it costs."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from interestlake.cli.main import main
from interestlake.core.errors import BadInput
from interestlake.text.compressing.onnx_model import load_compressed
from interestlake.text.compressing.prune import head_importance, matrices, prune_heads, prune_weights
from interestlake.text.tuning.intents import IntentModel

from ..tuning.world import intent_rows, sentiment_rows, tiny_bert, write_csv

FAST = ["--epochs", "8", "--batch-size", "16", "--learning-rate", "0.003", "--head-rate", "0.01", "--layer-decay", "1",
        "--precision", "float32", "--word-dropout", "0"]  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compressing")
    encoder = tiny_bert(folder / "encoder")
    for name, (count, seed) in {"train": (240, 1), "test": (60, 3)}.items():
        write_csv(folder / f"intents-{name}.csv", "intent", intent_rows(count, seed, outside=count // 6))
        write_csv(folder / f"sentiment-{name}.csv", "label", sentiment_rows(count, seed))
    for task in ("intents", "sentiment"):
        paths = [word for name in ("train", "test") for word in (f"--{name}", str(folder / f"{task}-{name}.csv"))]
        assert main([f"train-{task}", *paths, "--out", str(folder / task), "--encoder", str(encoder), *FAST]) == 0
    pd.read_csv(folder / "intents-train.csv")[["text"]].to_csv(folder / "texts.csv", index=False)
    return folder


def call(files, out, task="intents", **swapped) -> int:
    given = {"model": files / task, "texts": files / "texts.csv", "data": files / f"{task}-test.csv", "epochs": 12,
             **swapped}  # fmt: skip
    words = [word for name, value in given.items() for word in (f"--{name}", str(value))]
    return main(["compress", "--out", str(out), *words])


@pytest.fixture(scope="module")
def result(files, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    assert call(files, out) == 0
    return out


def test_every_form_keeps_the_planted_answers_and_says_what_it_costs(result):
    report = json.loads((result / "metrics.json").read_text())
    forms = report["forms"]
    assert set(forms) == {
        "as trained",
        "int8",
        "40% weights 0",
        "25% heads out",
        "1 of 2 layers",
        "1 of 2 layers, int8",
    }
    assert forms["as trained"]["same_answer"] == 1.0 and forms["as trained"]["accuracy"] >= 0.9
    for name, row in forms.items():
        assert row["accuracy"] >= forms["as trained"]["accuracy"] - 0.15, name
        assert row["rows_per_second"] > 0
    assert forms["int8"]["bytes"] < 0.75 * forms["as trained"]["bytes"]
    assert forms["1 of 2 layers"]["bytes"] < forms["25% heads out"]["bytes"] < forms["as trained"]["bytes"]
    assert forms["40% weights 0"]["packed_bytes"] < 0.9 * forms["as trained"]["packed_bytes"]
    assert len(report["heads_out"]) == 1


def test_each_form_rejects_by_the_models_threshold(files, result):
    rows = pd.read_csv(files / "intents-test.csv")
    report = json.loads((result / "metrics.json").read_text())["forms"]
    for name, folder in (("as trained", "as_trained"), ("int8", "int8"), ("1 of 2 layers", "layers")):
        answers = load_compressed(result / folder).predict(rows["text"].tolist())
        outside = rows["intent"] == "oos"
        assert report[name]["oos_recall"] == pytest.approx(answers["out_of_scope"][outside].mean())
        right = (answers["intent"] == rows["intent"]) & ~answers["out_of_scope"]
        assert report[name]["accuracy_with_rejection"] == pytest.approx(right[~outside].mean())


def test_the_graph_answers_as_the_trained_model_does(files, result):
    texts = pd.read_csv(files / "intents-test.csv")["text"].tolist()
    pd.testing.assert_frame_equal(load_compressed(result / "as_trained").predict(texts),
                                  IntentModel.load(files / "intents").predict(texts), atol=1e-4)  # fmt: skip


def test_sentiment_is_made_smaller_by_the_same_command(files, tmp_path):
    assert call(files, tmp_path, "sentiment", texts=files / "sentiment-train.csv", epochs=1) == 0
    assert json.loads((tmp_path / "metrics.json").read_text())["forms"]["int8"]["accuracy"] >= 0.8
    assert load_compressed(tmp_path / "int8").predict(["the film great me you"])["label"].tolist() == ["1"]


def test_the_smallest_weights_are_set_to_zero(files):
    bert = IntentModel.load(files / "intents").classifier.encoder.bert
    before = torch.cat([weight.detach().flatten() for weight in matrices(bert)]).clone()
    prune_weights(bert, 0.3)
    after = torch.cat([weight.detach().flatten() for weight in matrices(bert)])
    assert (after == 0).float().mean().item() == pytest.approx(0.3, abs=1e-3)
    assert before[after == 0].abs().max() <= before[after != 0].abs().min()


def test_a_head_that_does_nothing_goes_first_and_leaves_no_trace(files):
    model = IntentModel.load(files / "intents")
    bert = model.classifier.encoder.bert
    dense = bert.encoder.layer[1].attention.output.dense
    dense.weight.data[:, :16] = 0.0  # head 0 of layer 1 reaches nothing
    texts = ["can you pay my bill", "play me the song"]
    pieces = model.classifier.pieces.of_texts(texts)
    importance = head_importance(model.classifier, pieces)
    assert importance.shape == (2, 2) and importance[1, 0] == 0
    before = model.classifier.logits(texts)
    assert prune_heads(bert, importance, 0.25) == [(1, 0)]
    np.testing.assert_allclose(model.classifier.logits(texts), before, atol=1e-5)
    assert bert.encoder.layer[1].attention.self.query.out_features == 16
    prune_heads(IntentModel.load(files / "intents").classifier.encoder.bert, importance, 0.9)


@pytest.mark.parametrize(("option", "value"), [("heads", 1.0), ("layers", 2), ("model", "nowhere")])
def test_a_wrong_setting_names_its_option(option, value, files, tmp_path, caplog):
    assert call(files, tmp_path / "o", **{option: value}) == 2
    assert f"--{option}" in caplog.records[-1].getMessage() and not (tmp_path / "o").exists()


def test_a_folder_without_a_graph_says_so(tmp_path):
    with pytest.raises(BadInput, match="model.onnx"):
        load_compressed(tmp_path)
