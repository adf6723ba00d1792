"""A state written by n processes is read by m: every row of weights and moments, by the process that owns it."""

from pathlib import Path

import pytest
import torch
from torch import nn

from interestlake.training import states
from interestlake.training.checkpoint import Checkpoint
from interestlake.training.rows import Table, tables
from interestlake.training.states import MOMENTS, load_state, put_weights, save_state, weights_of

from .test_rows import Of

WIDTH = 4


class Tower(nn.Module):
    """A table, a buffer that is made anew, one that counts, and a layer that all have."""

    unlearned = ("side",)

    def __init__(self, rows, ranks):
        super().__init__()
        self.register_buffer("side", torch.zeros(3))
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.table, self.layer = Table(rows, WIDTH, 0.05, ranks), nn.Linear(WIDTH, 1)


def trained(rows, ranks):
    """A Tower after two steps of Adam, the gradient of row r being r + 1 in the first, and its optimizer."""
    torch.manual_seed(6)
    model = Tower(rows, ranks)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    gradient = torch.arange(1.0, rows + 1)[:, None].expand(rows, WIDTH)
    for sign in (1.0, -0.3):
        model.table.weight.grad = sign * gradient[ranks.rank :: ranks.count].clone()
        model.layer.weight.grad, model.layer.bias.grad = torch.ones(1, WIDTH), torch.ones(1)
        optimizer.step()
    model.steps += 2
    return model, optimizer


def write(saved, rows, count, epochs=(1,), mark="f"):
    """As the processes of one training do: the first last, which waits for the others."""
    for rank in reversed(range(count)):
        ranks = Of(rank, count)
        model, optimizer = trained(rows, ranks)
        best = {name: value * 2 for name, value in weights_of(model).items()}
        save_state(saved, model, optimizer, best, mark, {"epochs": list(epochs)}, ranks)


@pytest.mark.parametrize("numbers", [states.NUMBERS, 2 * WIDTH])
@pytest.mark.parametrize("rows", [1, 2, 9, 30])
@pytest.mark.parametrize(("wrote", "reads"), [(1, 1), (2, 1), (1, 2), (2, 3), (3, 2), (4, 2), (2, 2)])
def test_any_number_of_processes_goes_on(tmp_path, monkeypatch, rows, wrote, reads, numbers):
    monkeypatch.setattr(states, "NUMBERS", numbers)
    saved = Checkpoint(tmp_path / "r.pt")
    write(saved, rows, wrote)
    whole, whole_optimizer = trained(rows, Of(0, 1))
    for rank in range(reads):
        ranks = Of(rank, reads)
        torch.manual_seed(77)
        model = Tower(rows, ranks)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
        history, best = load_state(saved, model, optimizer, "f", ranks)
        assert history == {"epochs": [1]} and int(model.steps) == 2
        rows_of = whole.table.weight[rank::reads]
        assert model.table.weight.equal(rows_of) and best["table.weight"].equal(2 * rows_of)
        assert model.layer.weight.equal(whole.layer.weight) and best["layer.bias"].equal(2 * whole.layer.bias)
        for moment in MOMENTS:
            expected = whole_optimizer.state[whole.table.weight][moment][rank::reads]
            assert optimizer.state[model.table.weight][moment].equal(expected)
        assert optimizer.state[model.table.weight]["step"] == 2
        assert set(best) == set(weights_of(model)) == {"steps", "table.weight", "layer.weight", "layer.bias"}


def test_a_process_writes_and_reads_its_own_rows_only(tmp_path):
    """Bytes by count: 30 rows of weights, best weights and two moments; one that goes on alike reads no other's."""
    saved = Checkpoint(tmp_path / "r.pt")
    write(saved, 30, 2)
    pieces = sorted((tmp_path / "r.rows").rglob("*.pt"))
    assert [piece.name for piece in pieces] == ["table-0-0.pt", "table-1-0.pt"]
    for piece in pieces:
        rows = torch.load(piece, weights_only=True)
        assert sum(value.untyped_storage().nbytes() for value in rows.values()) == 4 * 15 * WIDTH * 4
    shared = torch.load(tmp_path / "r.pt", weights_only=True)
    assert "table.weight" not in {**shared["model"], **shared["best"]} and "side" not in shared["model"]
    read = []
    model = Tower(30, Of(1, 2))
    saved = Checkpoint(tmp_path / "r.pt")
    real = Checkpoint.load_rows
    try:
        Checkpoint.load_rows = lambda self, name: (read.append(Path(name).name), real(self, name))[1]
        assert load_state(saved, model, torch.optim.Adam(model.parameters()), "f", Of(1, 2))
    finally:
        Checkpoint.load_rows = real
    assert read == ["table-1-0"]


def test_rows_of_the_look_before_go_after_the_state_names_the_new_one(tmp_path):
    saved = Checkpoint(tmp_path / "r.pt")
    write(saved, 9, 2)
    (first,) = (tmp_path / "r.rows").iterdir()
    write(saved, 9, 3, epochs=(1, 4))
    (second,) = (tmp_path / "r.rows").iterdir()
    assert first.name.startswith("1-") and second.name.startswith("4-") and len(list(second.iterdir())) == 3
    saved.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_state_of_another_training_or_of_whole_tables_is_none(tmp_path):
    saved, model = Checkpoint(tmp_path / "r.pt"), Tower(9, Of(0, 1))
    optimizer = torch.optim.Adam(model.parameters())
    write(saved, 9, 1)
    assert load_state(saved, model, optimizer, "g", Of(0, 1)) is None
    saved.save({"fingerprint": "f", "model": model.state_dict(), "best": {}, "optimizer": {}, "history": {}})
    assert load_state(saved, model, optimizer, "f", Of(0, 1)) is None


def test_a_piece_that_is_gone_is_an_error_and_no_state_of_half_the_rows(tmp_path):
    saved, model = Checkpoint(tmp_path / "r.pt"), Tower(9, Of(0, 1))
    write(saved, 9, 2)
    next((tmp_path / "r.rows").rglob("table-1-0.pt")).unlink()
    with pytest.raises(FileNotFoundError, match="table-1-0"):
        load_state(saved, model, torch.optim.Adam(model.parameters()), "f", Of(0, 1))


def test_weights_of_another_model_are_refused():
    model = Tower(3, Of(0, 1))
    assert list(tables(model)) == ["table"]
    with pytest.raises(KeyError, match="layer.bias"):
        put_weights(model, {name: value for name, value in weights_of(model).items() if name != "layer.bias"})
    with pytest.raises(KeyError, match="other"):
        put_weights(model, {**weights_of(model), "other": torch.zeros(1)})
