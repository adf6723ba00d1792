"""A registered ranker's files are as they were written, or it is not served; without Spark or a fitted model."""

import pandas as pd
import pytest

from interestlake.core.errors import BadInput
from interestlake.serving import ranker
from interestlake.serving.ranker import Ranker


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(ranker, "write_recommender", lambda file, recommender: file.write_bytes(recommender))
    monkeypatch.setattr(ranker, "read_recommender", lambda file, address, where: file.read_bytes())
    return Ranker(b"planted", pd.DataFrame({"user_id": ["a"]})).save(tmp_path / "ranker")


@pytest.mark.parametrize("name", ["recommender.safetensors", "people.parquet"])
def test_changed_and_cut_files_are_refused(folder, name):
    assert Ranker.load(folder).recommender == b"planted"
    whole = (folder / name).read_bytes()
    for changed in (bytes([whole[0] ^ 1]) + whole[1:], whole[:-1]):
        (folder / name).write_bytes(changed)
        with pytest.raises(BadInput, match=f"{name} .*set it in the registered ranker"):
            Ranker.load(folder)
    (folder / name).unlink()
    with pytest.raises(BadInput, match=f"no {name}"):
        Ranker.load(folder)


def test_one_of_before_is_loaded_with_a_warning(folder, caplog):
    (folder / "files.json").unlink()
    assert Ranker.load(folder).people["user_id"].tolist() == ["a"]
    assert "was saved without files.json" in caplog.text
