"""What the text benches hand on and count: a ceiling's arithmetic, and files as another reader wants them."""

import json

import pandas as pd
import pytest
from bench.embedding import ceiling
from bench.mentions import read_mentions, shares
from bench.sentiment import measured, polar
from bench.tagger import four_columns
from bench.tuned import options_of, tuned

from interestlake.core.errors import BadInput
from interestlake.text.tuning.read import Labelled, Sentences


@pytest.fixture
def folder(tmp_path):
    config = {"hidden_size": 4, "intermediate_size": 8, "num_hidden_layers": 3}
    (tmp_path / "config.json").write_text(json.dumps(config))
    return str(tmp_path)


def test_the_work_of_a_token_is_two_operations_a_weight(folder):
    assert ceiling.work_per_token(folder) == 2 * 3 * (4 * 4 * 4 + 2 * 4 * 8)


def test_a_ceiling_is_the_rate_of_all_cores_over_the_work(folder, monkeypatch):
    asked = []
    monkeypatch.setattr(ceiling, "operations_per_second", lambda *given: asked.append(given) or 768e6)
    assert ceiling.ceilings(folder, 2) == dict.fromkeys(("f32", "bf16", "int8"), 2e6)
    assert asked == [("f32", 4, 8), ("bf16", 4, 8), ("int8", 4, 8)]


@pytest.mark.parametrize("number_format", ["f32", "bf16", "int8"])
def test_every_number_format_is_multiplied_in(number_format, monkeypatch):
    monkeypatch.setattr(ceiling, "SECONDS", 0.01)
    assert ceiling.operations_per_second(number_format, 64, 128) > 0


def test_words_keep_their_tags_in_four_columns(tmp_path):
    sentences = Sentences([["New York", "\u00a0", "rain"], ["Ana"]], [["B-place", "O", "O"], ["B-person"]])
    path = four_columns(sentences, tmp_path / "a.conll")
    lines = open(path, encoding="utf-8").read().split("\n")
    assert lines == ["-DOCSTART- -X- -X- O", "", "NewYork NN NN B-place", ". NN NN O", "rain NN NN O", "",
                     "Ana NN NN B-person", "", ""]  # fmt: skip


def test_the_lower_class_is_the_negative_one():
    files = {"train": Labelled(["a", "b"], ["1", "0"]), "test": Labelled(["c"], ["0"])}
    assert {name: rows.labels for name, rows in polar(files).items()} == {"train": ["positive", "negative"],
                                                                          "test": ["negative"]}  # fmt: skip
    with pytest.raises(BadInput, match="two classes"):
        polar(files | {"dev": Labelled(["d"], ["2"])})


def test_an_answer_that_is_none_counts_as_wrong():
    files = {name: Labelled(["a", "b", "c", "d"], ["positive", "negative", "positive", "negative"])
             for name in ("dev", "test")}  # fmt: skip
    found = measured(lambda texts: ["positive", "na", "positive", "positive"], files)
    assert found["dev"] == found["test"] == 0.5 and found["rows_per_second"] > 0


def test_a_mention_is_judged_by_its_clause_and_mixed_texts_are_counted_apart(tmp_path):
    both = "The soup was cold but the staff were kind."
    rows = [(both, "soup", "-1"), (both, "staff", "1"), ("Kind staff.", "staff", "1"), ("Cold.", "terrace", "-1")]
    pd.DataFrame(rows, columns=["text", "term", "label"]).to_csv(tmp_path / "a.csv", index=False)
    frame = read_mentions(tmp_path / "a.csv")
    assert frame["clause"].tolist()[:3] == ["The soup was cold", "the staff were kind", "Kind staff"]
    assert frame["clause"].isna().tolist() == [False, False, False, True]
    found = shares(frame, lambda texts: ["negative" if "cold" in text.lower() else "positive" for text in texts])
    assert found == {"clause": (1.0, 1.0), "whole text": (0.75, 0.5)}
    frame.drop(columns="term").to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(BadInput, match="term"):
        read_mentions(tmp_path / "b.csv")


def test_a_model_is_trained_where_none_is_given(tmp_path, caplog):
    words = [word for name in ("train", "dev", "test") for word in (f"--{name}", str(tmp_path / f"{name}.csv"))]
    assert tuned("train-sentiment", options_of("bench.x", None, [*words, "--model", "here"]), tmp_path) == "here"
    with pytest.raises(SystemExit, match="train-sentiment failed"):
        tuned("train-sentiment", options_of("bench.x", None, words), tmp_path / "out")
    assert "train.csv" in caplog.records[-1].getMessage()
