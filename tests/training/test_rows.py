"""Tables cut over processes: planted rows and gradients, what passes between two processes, and equal first numbers."""

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch import nn

from interestlake.training import rows
from interestlake.training.parts import Part, taking
from interestlake.training.ranks import Ranks
from interestlake.training.rows import Table, common, fetched, own, own_count, tables

from .two_processes import run_two

ROWS, WIDTH = 5_000, 3
ASKED = np.array([7, 4_999, 7, 0, 1, 2_500, 7, 3])  # of the whole batch
PLACES = (np.array([1, 2, 6]), np.array([0, 3, 4, 5, 7]))


class Of(Ranks):
    """One of so many processes, as far as a table is concerned."""

    def __init__(self, rank, count):
        self.rank, self.count = rank, count

    def first(self, value):
        return value()


def planted(numbers):
    """Row r is r, r + 1/4, r + 1/2: exact in float32."""
    return torch.as_tensor(numbers, dtype=torch.float32)[:, None] + torch.arange(WIDTH) / 4


def found_by(folder, ranks):
    """Rows of a part, rows that all ask for, gradients, what was passed, and a step of a table of a single row."""
    shard = planted(np.arange(ROWS)[own(ranks)]).requires_grad_()
    sizes, real = [], dist.all_reduce

    def counted(tensor, *given, **named):
        sizes.append(tensor.numel())
        return real(tensor, *given, **named)

    dist.all_reduce = counted
    places = PLACES[ranks.rank]
    index = torch.as_tensor(ASKED[places])
    with taking(Part({}, places, len(ASKED))):
        part = fetched(shard, index, ranks)
        (part * (1.0 + torch.as_tensor(places)[:, None])).sum().backward()
    everyone = fetched(shard.detach(), torch.as_tensor(ASKED), ranks)
    dist.all_reduce = real
    torch.manual_seed(4)
    model = nn.Sequential(Table(1, WIDTH, 0.05, ranks), nn.Linear(WIDTH, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    with taking(Part({}, places, len(ASKED))):
        model(torch.zeros(len(places), dtype=torch.long)).sum().backward()
    optimizer.step()
    step = model[0].weight.detach().clone()
    return part.detach(), everyone, shard.grad, sizes, step, len(common(model, list(model.parameters())))


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    return run_two(found_by, tmp_path_factory.mktemp("rows"))


def test_every_process_gets_the_rows_that_it_asked_for(two):
    for (part, everyone, *_), places in zip(two, PLACES, strict=True):
        assert part.equal(planted(ASKED[places])) and everyone.equal(planted(ASKED))


def test_gradients_come_to_the_owner_from_whoever_asked(two):
    """An entry of the batch weighs 1 + its place; row 7 is asked for three times, by both."""
    expected = np.bincount(ASKED, weights=1.0 + np.arange(len(ASKED)), minlength=ROWS)
    for rank, (_, _, gradient, *_) in enumerate(two):
        assert gradient.shape == (ROWS // 2, WIDTH)
        np.testing.assert_array_equal(gradient, np.repeat(expected[rank::2, None], WIDTH, axis=1))


def test_what_passes_follows_the_batch_and_not_the_table(two):
    for *_, sizes, _, _ in two:
        # row numbers, rows, gradients, and the rows that all asked for
        assert sizes == [len(ASKED), len(ASKED) * WIDTH, len(ASKED) * WIDTH, len(ASKED) * WIDTH]


def test_a_process_without_rows_takes_part(two):
    torch.manual_seed(4)
    model = nn.Sequential(Table(1, WIDTH, 0.05), nn.Linear(WIDTH, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    model(torch.zeros(len(ASKED), dtype=torch.long)).sum().backward()
    optimizer.step()
    torch.testing.assert_close(two[0][4], model[0].weight.detach())
    assert two[1][4].shape == (0, WIDTH)
    assert [each[5] for each in two] == [2, 2]  # of its three parameters a gradient is summed for two


@pytest.mark.parametrize("numbers", [rows.NUMBERS, 48])
@pytest.mark.parametrize("count", [2, 3, 7])
@pytest.mark.parametrize("size", [1, 2, 5, 16, 47, 48, 333])
def test_a_row_begins_the_same_whatever_the_number_of_processes(monkeypatch, size, count, numbers):
    """Drawn whole, and in blocks that end anywhere; what is drawn after it is the same too."""
    monkeypatch.setattr(rows, "NUMBERS", numbers)
    torch.manual_seed(8)
    whole, after = Table(size, WIDTH, 0.05), torch.rand(2)
    torch.manual_seed(8)
    plain = nn.Embedding(size, WIDTH)
    nn.init.normal_(plain.weight, std=0.05)
    assert whole.weight.equal(plain.weight)
    for rank in range(count):
        torch.manual_seed(8)
        part = Table(size, WIDTH, 0.05, Of(rank, count))
        assert part.weight.equal(whole.weight[rank::count]) and torch.rand(2).equal(after)
        assert own_count(size, Of(rank, count)) == len(part.weight)
        assert part.weight.untyped_storage().nbytes() == len(part.weight) * WIDTH * 4  # no view of all rows


def test_one_process_has_a_plain_embedding():
    table = Table(6, WIDTH, 0.05)
    index = torch.tensor([[5, 0], [1, 1]])
    assert table(index).equal(nn.functional.embedding(index, table.weight))
    assert fetched(table.weight, index[0], Ranks()).equal(table.weight[[5, 0]])
    model = nn.ModuleDict({"a": table, "b": nn.Linear(2, 2)})
    assert list(tables(model)) == ["a"] and len(common(model, list(model.parameters()))) == 3
