"""Files of the three tasks, written once."""

import pytest

from .world import intent_rows, sentiment_rows, tagged_lines, tiny_bert, write_csv

SIZES = {"train": (160, 1), "dev": (40, 2), "test": (40, 3)}


@pytest.fixture(scope="session")
def encoder(tmp_path_factory):
    return tiny_bert(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="session")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tuning")
    for name, (count, seed) in SIZES.items():
        write_csv(folder / f"intents-{name}.csv", "intent", intent_rows(count, seed, outside=count // 8))
        write_csv(folder / f"sentiment-{name}.csv", "label", sentiment_rows(count, seed))
        (folder / f"tagger-{name}.csv").write_text(tagged_lines(count, seed), encoding="utf-8")
    return folder
