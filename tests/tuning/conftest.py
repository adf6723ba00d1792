"""Files of the three tasks, written once."""

import pytest

from .world import intent_rows, sentiment_rows, tagged_lines, tiny_bert, write_csv

SIZES = {"train": (240, 1), "dev": (60, 2), "test": (60, 3)}


@pytest.fixture(scope="session")
def encoder(tmp_path_factory):
    return tiny_bert(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuning")
    for name, (count, seed) in SIZES.items():
        write_csv(folder / f"intents-{name}.csv", "intent", intent_rows(count, seed, outside=count // 6))
        write_csv(folder / f"sentiment-{name}.csv", "label", sentiment_rows(count, seed))
        (folder / f"tagger-{name}.csv").write_text(tagged_lines(count, seed), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _no_store(monkeypatch):
    # MLflow leaves the store of an earlier test in the environment
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
