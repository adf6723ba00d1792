"""The three commands on planted files, as a person calls them: what they leave, and what test rows cannot change."""

import json
import logging
import subprocess
import sys

import pandas as pd
import pytest

from interestlake.cli.main import main
from interestlake.text.tuning.intents import IntentModel
from interestlake.text.tuning.read import Labelled
from interestlake.text.tuning.refit import refit_rows
from interestlake.text.tuning.sentiment import SentimentModel
from interestlake.text.tuning.tagger import TaggerModel

from .world import intent_rows, sentiment_rows, write_csv

TASKS = ("intents", "sentiment", "tagger")
MODELS = dict(zip(TASKS, (IntentModel, SentimentModel, TaggerModel), strict=True))
FIGURE = {"intents": "in_scope_accuracy", "sentiment": "accuracy", "tagger": "entity_f1"}
ASKED = {
    "intents": ["can you pay my bill", "zebra comet now", "play me the song"],
    "sentiment": ["the film great me you", "awful film for me"],
    "tagger": [["Ana", "met", "you", "in", "Rome"], ["\u200b", "Bo"]],
}
EPOCHS = 10
FAST = ["--epochs", str(EPOCHS), "--batch-size", "16", "--learning-rate", "0.003", "--head-rate", "0.01", "--precision",
        "float32", "--word-dropout", "0", "--layer-decay", "1", "--patience", "10"]  # fmt: skip


def call(task, files, encoder, out, *more, **swapped) -> int:
    paths = {name: str(swapped.get(name, files / f"{task}-{name}.csv")) for name in ("train", "dev", "test")}
    given = [word for name, path in paths.items() if path != "None" for word in (f"--{name}", path)]
    return main([f"train-{task}", *given, "--out", str(out), "--encoder", str(encoder), *FAST, *more])


@pytest.fixture(scope="module")
def results(files, encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    for task in TASKS:
        assert call(task, files, encoder, folder / task) == 0
    return folder


@pytest.fixture(params=TASKS)
def task(request):
    return request.param


def figures_of(folder) -> dict:
    return json.loads((folder / "metrics.json").read_text())


def test_planted_labels_are_found(task, results):
    figures = figures_of(results / task)
    assert figures[FIGURE[task]] >= 0.95
    assert figures["dev"][FIGURE[task]] >= 0.95
    assert figures["trained_parameters"] > 0 and figures["train_seconds"] > 0
    assert figures["epochs"] == len(figures["dev_by_epoch"]) == EPOCHS
    assert (results / task / "confusion.png").stat().st_size > 1000


def test_out_of_scope_is_rejected_at_a_threshold_that_keeps_dev(results):
    figures = figures_of(results / "intents")
    assert figures["oos_recall"] >= 0.8
    assert figures["dev"]["in_scope_accuracy_with_rejection"] >= 0.98 * figures["dev"]["in_scope_accuracy"]
    assert figures["counts"]["intents"] == 4
    assert set(figures["per_class"]) == {"ask_weather", "book_table", "oos", "pay_bill", "play_song"}


def test_predictions_hold_every_test_row_in_order(files, results):
    for task, column in (("intents", "intent"), ("sentiment", "label")):
        given, found = pd.read_csv(files / f"{task}-test.csv"), pd.read_csv(results / task / "predictions.csv")
        assert list(found.columns) == ["text", column, "predicted", "confidence"]
        pd.testing.assert_frame_equal(found[["text", column]], given)
        assert found["confidence"].between(0, 1).all()
    tagged = pd.read_csv(results / "tagger" / "predictions.csv", keep_default_na=False)
    lines = (files / "tagger-test.csv").read_text().split("\n")
    assert (tagged["token"] + "\t" + tagged["tag"]).tolist() == [line for line in lines if line]


def test_saved_models_answer_the_same_in_a_fresh_process(results):
    program = (
        "import importlib, json, sys\n"
        "for module, name, folder, asked in json.loads(sys.argv[1]):\n"
        "    model = getattr(importlib.import_module(module), name).load(folder)\n"
        "    print(model.predict(asked).to_json(orient='records'))\n"
        "assert not {'pyspark', 'mlflow'} & set(sys.modules)"
    )
    loaded = [(MODELS[task].__module__, MODELS[task].__name__, str(results / task / "model"), ASKED[task])
              for task in TASKS]  # fmt: skip
    words = [sys.executable, "-c", program, json.dumps(loaded)]
    answers = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    for task, answer in zip(TASKS, answers, strict=True):
        here = MODELS[task].load(results / task).predict(ASKED[task])
        assert json.loads(answer) == json.loads(here.to_json(orient="records"))


def test_a_model_answers_nothing_to_nothing_and_the_same_in_any_batch(task, results):
    model = MODELS[task].load(results / task)
    assert len(model.predict([])) == 0
    alone = pd.concat([model.predict([one]) for one in ASKED[task]], ignore_index=True)
    pd.testing.assert_frame_equal(model.predict(ASKED[task]), alone, atol=1e-5)


def test_test_rows_reach_nothing_that_predicts(task, files, encoder, results, tmp_path):
    """A poisoned test file changes the figures and no answer: all was learned and chosen by train and dev."""
    poison = tmp_path / "poison.csv"
    lines = (files / f"{task}-test.csv").read_text().split("\n")
    if task == "tagger":
        poison.write_text("\n".join(line.replace("B-person", "B-location") for line in lines))
    else:
        labels = [line.rsplit(",", 1)[-1] for line in lines[1:] if line]
        poison.write_text("\n".join([lines[0], *(f"great pay volcano {n},{label}" for n, label in
                                                 enumerate(reversed(labels)))]) + "\n")  # fmt: skip
    assert call(task, files, encoder, tmp_path / "out", test=poison) == 0
    one, other = (MODELS[task].load(folder).predict(ASKED[task]) for folder in (results / task, tmp_path / "out"))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    weights = [(folder / "model" / "model.safetensors").read_bytes() for folder in (results / task, tmp_path / "out")]
    assert weights[0] == weights[1]
    assert figures_of(tmp_path / "out")[FIGURE[task]] < figures_of(results / task)[FIGURE[task]]


@pytest.mark.parametrize("method", ["lora", "adalora"])
def test_adapters_train_a_part_and_are_saved_as_a_plain_encoder(method, files, encoder, results, tmp_path):
    assert call("intents", files, encoder, tmp_path, "--method", method) == 0
    figures, whole = figures_of(tmp_path), figures_of(results / "intents")
    assert figures["in_scope_accuracy"] >= 0.9
    assert figures["trained_parameters"] < whole["trained_parameters"]
    names = [(folder / "model" / "config.json").read_text() for folder in (tmp_path, results / "intents")]
    assert names[0] == names[1]
    assert IntentModel.load(tmp_path).predict(["pay the bill"])["intent"].tolist() == ["pay_bill"]


def test_every_switch_together_learns_too(files, encoder, tmp_path):
    more = [
        "--adversarial",
        "0.05",
        "--average",
        "0.9",
        "--class-weights",
        "--label-smoothing",
        "0.1",
        "--word-swap",
        "0.1",
        "--ensemble",
        "3",
        "--weight-decay",
        "0.01",
        "--dropout",
        "0.1",
    ]
    assert call("sentiment", files, encoder, tmp_path, *more, "--epochs", "20", "--seeds", "2") == 0
    figures = figures_of(tmp_path)
    assert figures["accuracy"] >= 0.9
    assert len(figures["dev_by_seed"]) == 2 and set(map(str, figures["averaged_seeds"])) <= set(figures["dev_by_seed"])
    assert figures["dev"]["accuracy"] >= max(figures["dev_by_seed"].values())


@pytest.mark.parametrize("task", ["intents", "sentiment"])
def test_a_refit_learns_what_only_dev_shows_and_keeps_what_dev_chose(task, files, encoder, tmp_path, monkeypatch):
    column, rows = ("intent", intent_rows(60, 5, 10)) if task == "intents" else ("label", sentiment_rows(60, 5))
    label = next(label for _, label in rows if label != "oos")
    novel = [("volcano quartz volcano", label)] * 40
    write_csv(tmp_path / "dev.csv", column, [*rows, *novel])
    once, twice = (tmp_path / name for name in ("once", "twice"))
    said = []
    monkeypatch.setattr(logging.getLogger("interestlake"), "info", lambda line, *values: said.append(line % values))
    assert call(task, files, encoder, once, dev=tmp_path / "dev.csv") == 0
    assert call(task, files, encoder, twice, "--refit", dev=tmp_path / "dev.csv") == 0
    first, last = figures_of(once), figures_of(twice)
    assert last["dev"] == first["dev"] and last["kept_epoch"] == first["kept_epoch"]
    assert last.get("threshold") == first.get("threshold")
    counts = last["counts"]
    both = counts["train_rows"] + counts["dev_rows"]
    whole = f"again on the {both:,} rows of train and dev, {last['kept_epoch']} epochs"
    assert sum(whole in line for line in said) == 1  # the second call's alone
    answer = MODELS[task].load(twice).predict(["volcano quartz volcano"])
    assert answer[column].tolist() == [label]


def test_rows_of_a_class_that_train_lacks_are_not_learned():
    train, dev = Labelled(["a"], ["x"]), Labelled(["b", "c"], ["x", "y"])
    assert refit_rows(train, dev, ["x"], "oos") == Labelled(["a", "b", "c"], ["x", "x", "oos"])
    assert refit_rows(train, dev, ["x"], None) == Labelled(["a", "b"], ["x", "x"])


def test_without_dev_a_tenth_of_train_is_held_out(files, encoder, tmp_path):
    assert call("sentiment", files, encoder, tmp_path, "--epochs", "1", dev=None) == 0
    counts = figures_of(tmp_path)["counts"]
    assert counts["train_rows"] + counts["dev_rows"] == 240 and 20 <= counts["dev_rows"] <= 28


def test_no_out_of_scope_row_leaves_a_threshold_that_keeps_dev(files, encoder, tmp_path):
    for name in ("train", "dev"):
        rows = pd.read_csv(files / f"intents-{name}.csv")
        rows[rows["intent"] != "oos"].to_csv(tmp_path / f"{name}.csv", index=False)
    assert call("intents", files, encoder, tmp_path, train=tmp_path / "train.csv", dev=tmp_path / "dev.csv") == 0
    figures = figures_of(tmp_path)
    assert figures["dev"]["oos_recall"] is None and figures["oos_recall"] is not None
    assert figures["dev"]["in_scope_accuracy_with_rejection"] >= 0.98 * figures["dev"]["in_scope_accuracy"]


def test_unknown_test_labels_and_copied_texts_are_counted(files, encoder, results, tmp_path):
    train = pd.read_csv(files / "intents-train.csv")
    test = pd.read_csv(files / "intents-test.csv")
    strange = pd.DataFrame({"text": [train["text"][0].upper(), "zebra atom please"], "intent": ["pay_bill", "travel"]})
    pd.concat([test, strange]).to_csv(tmp_path / "test.csv", index=False)
    assert call("intents", files, encoder, tmp_path, "--epochs", "1", test=tmp_path / "test.csv") == 0
    figures, before = figures_of(tmp_path), figures_of(results / "intents")["counts"]
    assert figures["counts"]["test_texts_in_train"] == before["test_texts_in_train"] + 1
    assert figures["counts"]["test_rows_of_unknown_intents"] == 1
    assert figures["oos_rows"] == 11


def test_a_run_with_a_store_logs_figures_and_files(files, encoder, tracking_uri, tmp_path):
    import mlflow

    assert call("intents", files, encoder, tmp_path, "--epochs", "1", "--tracking-uri", tracking_uri) == 0
    mlflow.set_tracking_uri(tracking_uri)
    runs = mlflow.search_runs(search_all_experiments=True)
    child = runs[runs["tags.interestlake.stage"] == "train_intents"].iloc[0]
    assert child["metrics.in_scope_accuracy"] == pytest.approx(figures_of(tmp_path)["in_scope_accuracy"], abs=1e-6)
    paths = {file.path for file in mlflow.MlflowClient().list_artifacts(child["run_id"])}
    assert {"metrics.json", "predictions.csv", "confusion.png"} <= paths
    served = mlflow.pyfunc.load_model("models:/interestlake.intents@challenger")
    assert served.metadata.signature is not None and served.input_example is not None


def test_registered_models_answer_the_same_by_alias_in_a_fresh_process(files, encoder, tracking_uri, tmp_path):
    for task in TASKS:
        more = ["--epochs", "1", "--tracking-uri", tracking_uri, "--register", f"own.{task}"]
        assert call(task, files, encoder, tmp_path / task, *more) == 0
    program = (
        "import json, sys, mlflow, pandas as pd\n"
        "mlflow.set_tracking_uri(sys.argv[1])\n"
        "for name, texts in json.loads(sys.argv[2]):\n"
        "    model = mlflow.pyfunc.load_model(f'models:/{name}@challenger')\n"
        "    assert model.metadata.signature.inputs.input_names() == ['text'] and len(model.input_example) == 3\n"
        "    print('answer', model.predict(pd.DataFrame({'text': texts})).to_json(orient='records'))"
    )
    asked = {task: [text if isinstance(text, str) else " ".join(text) for text in ASKED[task]] for task in TASKS}
    words = [sys.executable, "-c", program, tracking_uri, json.dumps([(f"own.{task}", asked[task]) for task in TASKS])]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    answers = [line.removeprefix("answer ") for line in said if line.startswith("answer ")]
    for task, answer in zip(TASKS, answers, strict=True):
        here = MODELS[task].load(tmp_path / task).predict(pd.DataFrame({"text": asked[task]}))
        assert json.loads(answer) == json.loads(here.to_json(orient="records"))


def test_the_command_imports_no_spark(files, encoder, tmp_path):
    program = "import sys; from interestlake.cli.main import main\ncode = main(sys.argv[1:])\n" \
              "assert not {'pyspark', 'mlflow'} & set(sys.modules); sys.exit(code)"  # fmt: skip
    given = [word for name in ("train", "dev", "test") for word in (f"--{name}", str(files / f"tagger-{name}.csv"))]
    words = ["train-tagger", *given, "--out", str(tmp_path), "--encoder", str(encoder), "--epochs", "1"]
    assert subprocess.run([sys.executable, "-c", program, *words], check=False).returncode == 0
