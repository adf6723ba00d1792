"""`interestlake train-distribution` on people of planted tastes whose items say in words which taste they are of."""

import json
import shutil
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from interestlake.cli.main import main
from interestlake.core.errors import BadInput
from interestlake.models import registry as models_for
from interestlake.models.distribution.saved import DistributionModel
from interestlake.models.distribution.training import distribution, trainer

from ..benchmark.world import ITEMS_PER_TASTE, TASTES, feedback, pairs
from ..tuning.world import FILLERS, INTENTS, tiny_bert

WORDS = [INTENTS[name] for name in sorted(INTENTS)]
FAST = ["--precision", "float32", "--compare", "popularity"]


def taste_of(item: str) -> int:
    return int(item[1:]) // ITEMS_PER_TASTE


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Every item's title is two words of its taste and one filler; the last item of a taste is in no pair of train."""
    folder = tmp_path_factory.mktemp("distribution")
    ids = [f"i{number:02}" for number in range(TASTES * ITEMS_PER_TASTE)]
    titles = [" ".join([*(WORDS[taste_of(item)][number % 3 - 1 :] + WORDS[taste_of(item)])[:2],
                        FILLERS[number % len(FILLERS)]]) for number, item in enumerate(ids)]  # fmt: skip
    pd.DataFrame({"item_id": ids, "title": titles, "text": ""}).to_csv(folder / "items.csv", index=False)
    frame = pairs(people=120)
    last = frame["item_id"].map(lambda item: int(item[1:]) % ITEMS_PER_TASTE == ITEMS_PER_TASTE - 1)
    part = np.random.default_rng(1).random(len(frame))
    frame[(part < 0.7) & ~last].to_csv(folder / "train.csv", index=False)
    frame[(part >= 0.7) & (part < 0.85) & ~last].to_csv(folder / "validation.csv", index=False)
    cold = pd.DataFrame({"user_id": ["new"], "item_id": ["i03"], "timestamp": [5.0]})
    pd.concat([frame[part >= 0.85], cold]).to_csv(folder / "test.csv", index=False)
    tiny_bert(folder / "encoder")
    return folder


def call(files, out, *more, test="test.csv", epochs="6") -> int:
    given = [word for name in ("train", "validation", "items") for word in (f"--{name}", str(files / f"{name}.csv"))]
    return main(
        [
            "train-distribution",
            *given,
            "--test",
            str(files / test),
            "--encoder",
            str(files / "encoder"),
            "--out",
            str(out),
            "--epochs",
            epochs,
            *FAST,
            *more,
        ]
    )


def figures_of(out) -> dict:
    return json.loads((out / "metrics.json").read_text())["models"]


@pytest.fixture(scope="module")
def result(files, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    assert call(files, out, "--adapter", "full") == 0
    return out


def test_tastes_are_read_from_words_and_probabilities_are_told_right(result):
    figures = figures_of(result)
    mine, popular = figures["distribution"], figures["popularity"]
    assert mine["ndcg@10"] > 1.5 * popular["ndcg@10"]
    assert mine["perplexity"] < 0.6 * popular["perplexity"] < 0.6 * TASTES * ITEMS_PER_TASTE
    assert mine["calibration_error"] < 0.11  # of 97 people: a bin's share is sure to .05
    assert (result / "calibration.png").stat().st_size > 1000


def test_an_item_that_nobody_chose_is_foretold_by_its_words(result):
    model = DistributionModel.load(result)
    told = model.probabilities([["i00", "i02", "i05"], ["i46", "i48", "i51"]])
    ids = model.item_ids.tolist()
    assert told[0, ids.index("i14")] > told[0, ids.index("i59")]
    assert told[1, ids.index("i59")] > told[1, ids.index("i14")]


def test_the_saved_model_answers_unseen_items_in_order(result):
    model = DistributionModel.load(result)
    answers = model.predict([["i00", "i01", "strange"], [], [f"i{number:02}" for number in range(59)]])
    assert [len(items) for items in answers["items"]] == [10, 10, 1]
    for items, sure in zip(answers["items"], answers["probabilities"], strict=True):
        assert sure == sorted(sure, reverse=True) and 0 < sum(sure) <= 1 + 1e-9 and len(items) == len(sure)
    assert {taste_of(item) for item in answers["items"][0][:5]} == {0}
    assert not {"i00", "i01"} & set(answers["items"][0]) and answers["items"][2] == ["i59"]
    assert len(model.predict([])) == 0


def test_a_model_without_temperatures_says_what_to_do(result, tmp_path):
    shutil.copytree(result / "model", tmp_path / "model")
    description = json.loads((tmp_path / "model" / "task.json").read_text())
    description["temperature"] = description.pop("temperatures")["known"]
    (tmp_path / "model" / "task.json").write_text(json.dumps(description))
    with pytest.raises(BadInput, match="train it again"):
        DistributionModel.load(tmp_path)


def test_test_rows_reach_nothing_that_predicts(files, result, tmp_path):
    rows = pd.read_csv(files / "test.csv")
    rows["item_id"] = rows["item_id"].to_numpy()[::-1]
    rows.to_csv(files / "poison.csv", index=False)
    assert call(files, tmp_path, "--adapter", "full", test="poison.csv") == 0
    for name in ("model.safetensors", "head.safetensors", "task.json"):
        assert (tmp_path / "model" / name).read_bytes() == (result / "model" / name).read_bytes()
    assert figures_of(tmp_path)["distribution"]["ndcg@10"] < figures_of(result)["distribution"]["ndcg@10"]


def test_adapters_and_a_frozen_encoder_learn_and_answer_the_same_by_alias(files, tracking_uri, tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    encoders = {}
    for adapter in ("frozen", "lora", "adalora"):
        store = ["--tracking-uri", tracking_uri, "--register", "own.items"] if adapter == "lora" else []
        assert call(files, tmp_path / adapter, "--adapter", adapter, "--no-refit", *store, epochs="3") == 0
        found = figures_of(tmp_path / adapter)
        assert found["distribution"]["ndcg@10"] > found["popularity"]["ndcg@10"]
        encoders[adapter] = (tmp_path / adapter / "model" / "model.safetensors").read_bytes()
    assert len(set(encoders.values())) == 3
    program = (
        "import sys, mlflow, pandas as pd\n"
        "mlflow.set_tracking_uri(sys.argv[1])\n"
        "model = mlflow.pyfunc.load_model('models:/own.items@challenger')\n"
        "assert model.metadata.signature is not None and len(model.input_example) == 3\n"
        "print('answer', model.predict(pd.DataFrame({'history': [['i00', 'i01'], []]})).to_json())"
    )
    said = subprocess.run([sys.executable, "-c", program, tracking_uri], capture_output=True, text=True, check=True)
    answer = next(line for line in said.stdout.splitlines() if line.startswith("answer "))
    here = DistributionModel.load(tmp_path / "lora").predict([["i00", "i01"], []])
    assert json.loads(answer.removeprefix("answer ")) == json.loads(here.to_json())


def test_a_refit_follows_the_schedule_that_chose_its_epochs(files, tmp_path):
    """AdaLoRA's ranks after two of six epochs are not those after two of two."""
    data = feedback(pd.read_csv(files / "train.csv"))
    items = data.shape[1]
    side = SimpleNamespace(text=np.zeros((items, 32), np.float32), said=["w"] * items)
    fixed = {"adapter": "adalora", "encoder": str(files / "encoder"), "precision": "float32", "most_epochs": 6}
    jobs = [distribution(data, side, params, 16, 42, tmp_path / str(number))
            for number, params in enumerate((fixed, fixed | {"epochs": 2}))]  # fmt: skip
    first, refit = (job.model.encoder.bert.peft_config["default"].total_step for job in jobs)
    assert first == refit > 6


def test_the_benchmark_fuses_it_where_it_is_named(files, tmp_path, monkeypatch):
    # the benchmark's own trains the shipped encoder, which takes a minute
    monkeypatch.setattr(models_for, "trainer", lambda _: trainer("full", str(files / "encoder"), "float32", 5))
    names = ("train", "validation", "test", "items")
    given = [word for name in names for word in (f"--{name}", str(files / f"{name}.csv"))]
    assert main(["benchmark", *given, "--out", str(tmp_path), "--budget", "2", "--models", "ease,distribution"]) == 0
    report = json.loads((tmp_path / "metrics.json").read_text())
    assert set(report["models"]) == {"popularity", "ease", "distribution", "fused"}
    assert report["parameters"]["distribution"]["epochs"] >= 1
    assert report["models"]["distribution"]["ndcg@10"] > report["models"]["popularity"]["ndcg@10"]


@pytest.mark.parametrize(("option", "value"), [("--encoder", "nowhere"), ("--register", "name")])
def test_a_wrong_setting_names_its_option(option, value, files, tmp_path, caplog, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    given = [word for name in ("train", "test", "items") for word in (f"--{name}", str(files / f"{name}.csv"))]
    assert main(["train-distribution", *given, "--out", str(tmp_path / "o"), option, value]) == 2
    assert option in caplog.records[-1].getMessage() and not (tmp_path / "o").exists()
