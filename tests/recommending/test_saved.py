"""The released recommender as a file of the lake: opened as it was saved, refused once changed, one release kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from interestlake.core.contract import rows_of
from interestlake.core.errors import BadInput
from interestlake.models.item_matrix import EdgeScorer
from interestlake.models.popularity import Popularity
from interestlake.recommending.chosen_tables import FUSION, fusion_row
from interestlake.recommending.personal import recommend_block
from interestlake.recommending.saved import FOLDER, TABLE, open_recommender, save_recommender
from interestlake.recommending.shared import SharedRecommender

from .given import small_recommender


def recommender(seed: int = 1):
    edges = sp.random(6, 6, 0.5, "csr", np.float32, np.random.default_rng(seed))
    edges.setdiag(0)
    counts = np.array([1, 1, 1, 9, 2, 3], np.float32)
    scorers = (Popularity("popularity", counts), EdgeScorer("item_knn", edges))
    return small_recommender(scorers, [0.3, 0.7], {"popularity": "popular", "item_knn": "together"}, counts)


BLOCK = pd.DataFrame({
    "user_id": ["u", "v"], "user_index": [0, 1], "items": [[0, 1], None], "weights": [[1.0, 1.0], None],
    "friend_items": [None, None], "friend_weights": [None, None], "interests": [None, None], "shares": [None, None],
})  # fmt: skip


def released(context, made) -> int:
    shared = SharedRecommender(context.spark, made)
    size = save_recommender(context, made, shared.file)
    shared.destroy()
    return size


def files(lake) -> set[str]:
    return {path.name for path in (Path(lake.root) / FOLDER).glob("*.safetensors")}


def test_what_is_opened_lists_as_what_was_saved(stage_context):
    context, made = stage_context(), recommender()
    size = released(context, made)
    row = context.lake.read(TABLE).first()
    assert (row["bytes"], row["models"], row["previous"]) == (size, ["popularity", "item_knn"], None)
    assert files(context.lake) == {row["file"]} and row["file"].startswith("test-")
    lists = [recommend_block(BLOCK, one, 4) for one in (made, open_recommender(context.lake))]
    pd.testing.assert_frame_equal(*lists)


def test_the_release_before_is_kept_and_the_one_before_that_removed(spark, stage_context):
    names = []
    for number in (1, 2, 3):
        context = stage_context(run_id=f"r{number}")
        released(context, recommender(number))
        row = context.lake.read(TABLE).first()
        assert row["previous"] == (names[-1] if names else None)
        names.append(row["file"])
        assert files(context.lake) == set(names[-2:])
    # the same run again: nothing older is lost
    released(stage_context(run_id="r3"), recommender(3))
    assert files(context.lake) == set(names[-2:]) and context.lake.read(TABLE).first()["previous"] == names[1]


def test_a_changed_file_is_refused_and_a_lost_one_named(stage_context):
    context = stage_context()
    released(context, recommender())
    path = Path(context.lake.root) / FOLDER / context.lake.read(TABLE).first()["file"]
    whole = path.read_bytes()
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)  # what another writer would leave behind
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(BadInput, match="sha256 .*run the recommend stage again"):
        open_recommender(context.lake)
    path.unlink()
    with pytest.raises(BadInput, match="nothing there"):
        open_recommender(context.lake)


def test_a_lake_without_a_release_is_said(lake):
    with pytest.raises(BadInput, match="no models.recommender; expected a lake after `interestlake run`"):
        open_recommender(lake)


def test_the_fusion_is_the_table_s_and_of_any_version(spark, stage_context):
    """A refit moves the weights and leaves the file; a try that was killed starts from the version before."""
    context, made = stage_context(), recommender()
    released(context, made)
    for run_id, weights in (("first", [0.9, 0.1]), ("second", [0.2, 0.8])):
        moved = replace(made.fusion, weights=np.array(weights))
        context.lake.write(FUSION, rows_of(spark, FUSION, [fusion_row(moved, run_id)]), run_id)
    newest = context.lake.version(FUSION)
    assert open_recommender(context.lake).fusion.weights.tolist() == [0.2, 0.8]
    assert open_recommender(context.lake, newest - 1).fusion.weights.tolist() == [0.9, 0.1]
