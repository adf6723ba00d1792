"""The gated fusion: gates by hand, missing modalities, no leak of the asked item; trained, better than each alone."""

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from interestlake.media.training import Content, ContentHoldout, directions, evaluate_content, pair_loss, profiles
from interestlake.models.gated_fusion import GatedFusion, MediaMatch, drop_modalities

from .planted import ITEMS

NAMES = ("text", "image", "audio")


def test_two_modalities_are_the_bimodal_unit_of_the_paper():
    """h = z tanh(W1 x1) + (1 - z) tanh(W2 x2), z = sigmoid of the difference of the gates (Arevalo et al., 2017)."""
    torch.manual_seed(0)
    unit = GatedFusion((3, 2), 4, 0.0)
    x1, x2, both = torch.randn(5, 3), torch.randn(5, 2), torch.ones(5, 2)
    context = torch.cat([x1, x2, both], dim=1)
    z = torch.sigmoid(unit.gates[0](context) - unit.gates[1](context))
    h = z * torch.tanh(unit.values[0](x1)) + (1 - z) * torch.tanh(unit.values[1](x2))
    torch.testing.assert_close(unit((x1, x2), both), torch.nn.functional.normalize(h, dim=1))


def test_what_is_missing_is_not_heard():
    torch.manual_seed(0)
    unit = GatedFusion((3, 2, 2), 4, 0.0)
    rows = [torch.randn(6, width) for width in (3, 2, 2)]
    present = torch.tensor([[1.0, 0, 1]] * 6)
    noisy = [rows[0], torch.full((6, 2), 1e3), rows[2]]
    torch.testing.assert_close(unit(rows, present), unit(noisy, present))
    gates = unit.gate_values(rows, present)
    assert (gates[:, 1] == 0).all()
    torch.testing.assert_close(gates.sum(dim=1), torch.ones(6, 4))
    alone = unit(rows, torch.tensor([[0.0, 1, 0]] * 6))
    torch.testing.assert_close(alone, torch.nn.functional.normalize(torch.tanh(unit.values[1](rows[1])), dim=1))
    nothing = unit(rows, torch.zeros(6, 3))
    assert torch.isfinite(nothing).all() and (nothing == nothing[0]).all()


def test_dropping_keeps_one_and_hits_its_share():
    present = torch.tensor([[1.0, 1, 1], [1, 0, 0], [0, 0, 0]]).repeat(3000, 1)
    kept = drop_modalities(present, 0.5, torch.Generator().manual_seed(1))
    assert ((kept == 1) <= (present == 1)).all()
    assert (kept[0::3].sum(dim=1) >= 1).all() and (kept[1::3, 0] == 1).all() and (kept[2::3] == 0).all()
    assert kept[0::3].mean() == pytest.approx(0.5 + 0.125, abs=0.02)  # one row in eight would lose all, and keeps all
    assert torch.equal(drop_modalities(present, 0.0), present)


def content():
    vectors = (torch.eye(4)[:, :3].contiguous(), torch.tensor([[1.0, 0], [0, 1], [0, 0], [1, 0]]))
    return Content(("text", "image"), vectors, torch.tensor([[1.0, 1], [1, 1], [1, 0], [0, 1]]))


def test_profiles_are_weighted_sums_by_hand():
    pairs = sp.csr_matrix(np.array([[0.5, 1.0, 0, 0], [0, 0, 1.0, 0], [0, 0, 0, 0]]))
    people = profiles(content(), pairs)
    assert people.vectors[0].tolist() == [[0.5, 1, 0], [0, 0, 1], [0, 0, 0]]
    assert people.vectors[1].tolist() == [[0.5, 1], [0, 0], [0, 0]]
    assert people.present.tolist() == [[1.5, 1.5], [1, 0], [0, 0]]
    units, there = directions(people.vectors, people.present)
    assert there.tolist() == [[1, 1], [1, 0], [0, 0]]
    assert units[0][0].norm() == pytest.approx(1)


def test_the_asked_item_is_taken_out_of_the_profile():
    """A person with one item has nothing left to be known by, so the item's own vector cannot decide the loss."""
    torch.manual_seed(0)
    model = MediaMatch([3, 2], 4, 0.0, 0.1)
    seen = []
    model.person.register_forward_hook(lambda module, given, out: seen.append(given[1]))
    pairs = sp.csr_matrix(np.array([[0.7, 0, 0, 0], [0, 0.5, 0.5, 0]], np.float32))
    loss_of = pair_loss(model, content(), profiles(content(), pairs), np.full(4, 0.25), 0.0)
    loss, weight = loss_of(
        {"user_index": np.array([0, 1]), "item_index": np.array([0, 1]), "weight": np.array([0.7, 0.5], np.float32)}
    )
    assert seen[0].tolist() == [[0, 0], [1, 0]] and weight == pytest.approx(1.2) and torch.isfinite(loss)


def test_judging_counts_only_what_is_asked():
    """Fixed vectors: ranks known by hand; seen items and items outside the question take no place."""

    class AsItIs(torch.nn.Module):
        def forward(self, vectors, present):
            return vectors[0]

    items = Content(("text",), (torch.tensor([[1.0, 0], [0.9, 0.1], [0, 1.0], [0.8, 0.2]]),), torch.ones(4, 1))
    known = sp.csr_matrix(np.array([[1.0, 0, 0, 0]]))
    wanted = sp.csr_matrix(np.array([[0, 0, 0, 1.0]]))
    model = MediaMatch([2], 2, 0.0, 1.0)
    model.person, model.item = AsItIs(), AsItIs()

    def figures(*asked):
        return evaluate_content(model, items, ContentHoldout(known, wanted, np.array(asked)))

    assert figures(0, 1, 2, 3)["ndcg_10"] == pytest.approx(1 / np.log2(3))
    assert figures(2, 3)["ndcg_10"] == pytest.approx(1.0) and figures(2)["people"] == 0


def test_fused_beats_each_alone_on_new_people_and_new_items(trained):
    for held_out in ("new_people", "new_items", "new_people_and_items"):
        best = max(trained.figures[f"{name}.{held_out}.ndcg_10"] for name in NAMES)
        assert trained.figures[f"fused.{held_out}.ndcg_10"] > 1.25 * best, held_out
        assert trained.figures[f"people.{held_out}"] >= 15


def test_missing_modalities_cost_by_degrees(trained):
    for held_out in ("new_items", "new_people_and_items"):

        def found(label, held_out=held_out):
            return trained.figures[f"{label}.{held_out}.ndcg_10"]

        whole, quarter, most = found("fused"), found("dropped_0.25"), found("dropped_0.75")
        assert whole > quarter > most, held_out
        assert quarter >= 0.75 * whole, (held_out, quarter, whole)
        assert most >= min(found(name) for name in NAMES), (held_out, most)
        for name in NAMES:
            others = max(found(other) for other in NAMES if other != name)
            assert found(f"without_{name}") >= 0.95 * others, (held_out, name)


def test_tables_and_the_model_hold_what_was_trained(trained):
    import mlflow

    lake = trained.lake
    features = lake.read("models.media_features").collect()
    assert len(features) == ITEMS and 0 < sum(row["held"] for row in features) < ITEMS / 2
    assert all(np.isfinite(row["text_vector"]).all() for row in features)
    held = {row["item_index"] for row in features if row["held"]}
    used = lake.read("models.media_examples").where("used = 1").collect()
    assert used and not held & {row["item_index"] for row in used}
    items = {row["item_index"]: row["vector"] for row in lake.read("models.media_item_vectors").collect()}
    people = {row["user_index"]: row["vector"] for row in lake.read("models.media_user_vectors").collect()}
    assert set(items) == set(range(ITEMS)) and len(people) == 150
    content = {row["item_index"]: [np.array(row[f"{name}_vector"]) for name in NAMES] for row in features}
    history = [row["item_index"] for row in lake.read("models.media_examples").where("user_index = 7").collect()]
    sums = [sum(content[item][m] for item in history) for m in range(3)]
    profile = np.concatenate([vector / np.linalg.norm(vector) for vector in sums])
    rows = np.stack([np.concatenate([profile, *content[item]]) for item in (0, 4, 10)]).astype(np.float32)
    mlflow.set_tracking_uri(trained.uri)
    model = mlflow.pytorch.load_model("models:/interestlake.media@challenger")
    with torch.no_grad():
        scores = model(torch.as_tensor(rows)).numpy()
    expected = [np.dot(people[7], items[item]) / 0.1 for item in (0, 4, 10)]
    assert scores == pytest.approx(expected, abs=1e-3)  # items 4 and 10 lack a sound or a picture


def test_the_same_run_changes_nothing(trained, capsys):
    before = trained.lake.version("models.media_item_vectors")
    assert trained.call("train-media", "--run-id", "t1", *trained.small) == 0
    assert trained.lake.version("models.media_item_vectors") == before
    assert "new people and items" in capsys.readouterr().out


def test_a_training_above_its_bound_is_refused_before_the_content_is_read(trained, monkeypatch, caplog):
    def loaded(*given):
        raise AssertionError("read before the bound was checked")

    monkeypatch.setattr("interestlake.stages.train_media.item_content", loaded)
    assert trained.call("train-media", "--run-id", "t3", "--set", "train_media.batch_size=30000") == 2
    assert "a plan of 10.80 GB" in caplog.text
