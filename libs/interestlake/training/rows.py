"""Tables of a row per item or person, cut by row number over the processes of a training; one process has all rows."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from .parts import taken
from .ranks import ALONE, Ranks

NUMBERS = 2**22  # of a table that are drawn, written or sent at once


def own(ranks: Ranks) -> slice:
    """The rows of a table that this process has: every n-th from its rank on; row r is the (r // n)-th of them."""
    return slice(ranks.rank, None, ranks.count)


def own_count(rows: int, ranks: Ranks) -> int:
    """How many of `rows` rows this process has; 0 where there are fewer rows than processes."""
    return len(range(rows)[own(ranks)])


def fetched(shard: Tensor, index: Tensor, ranks: Ranks) -> Tensor:
    """shard: (own rows, width); index: (n,) int64 rows of the whole table -> (n, width), their gradient goes back to
    the processes that own them.

    Within `taking` a part each process asks for its own rows' entries, outside all ask for the same. What passes
    between the processes is one row an entry of the batch: a sum to which the owner alone adds anything but zeros.
    """
    if ranks.count == 1:
        return shard[index]
    part = taken()
    asked = index if part is None else ranks.whole(index)
    places = (asked % ranks.count == ranks.rank).nonzero()[:, 0]
    rows = functional.embedding(asked[places] // ranks.count, shard)
    batch = ranks.summed(rows.new_zeros((len(asked), shard.shape[1])).index_put((places,), rows))
    return batch if part is None else batch[torch.as_tensor(part.places, device=batch.device)]


class Table(nn.Embedding):
    """An embedding of `rows` rows, of which `weight` has this process's; of one process an nn.Embedding.

    Whatever the number of processes, a row begins with the numbers that one process draws for it.
    """

    def __init__(self, rows: int, width: int, deviation: float, ranks: Ranks = ALONE):
        """deviation: of the normal distribution that each coordinate begins with."""
        if ranks.count == 1:
            super().__init__(rows, width)
            nn.init.normal_(self.weight, std=deviation)
        else:
            _drawn(rows, width, 1.0, ranks)  # an nn.Embedding draws once itself
            super().__init__(own_count(rows, ranks), width, _weight=_drawn(rows, width, deviation, ranks))
        self.rows, self.ranks = rows, ranks

    def forward(self, input: Tensor) -> Tensor:
        """(n,) int64 -> (n, width), as `fetched`."""
        return super().forward(input) if self.ranks.count == 1 else fetched(self.weight, input, self.ranks)


def _drawn(rows: int, width: int, deviation: float, ranks: Ranks) -> Tensor:
    """This process's rows of what torch's generator draws for the whole table, a block of it at a time."""
    # torch draws sixteen numbers at once, and the last sixteen anew: a block is a multiple, the last one no smaller
    block = 16 * max(NUMBERS // (16 * width), 1)
    begins = range(0, max(rows // block, 1) * block, block)
    kept = [torch.empty(0, width)]
    for begin in begins:
        end = rows if begin == begins[-1] else begin + block
        drawn = torch.empty(end - begin, width).normal_(std=deviation)
        kept.append(drawn[(ranks.rank - begin) % ranks.count :: ranks.count].clone())
    return torch.cat(kept)


def tables(model: nn.Module) -> dict[str, Table]:
    """The tables of a model by name."""
    return {name: module for name, module in model.named_modules() if isinstance(module, Table)}


def common(model: nn.Module, parameters: list[Tensor]) -> list[Tensor]:
    """Those of the parameters that every process has whole."""
    cut = {id(table.weight) for table in tables(model).values() if table.ranks.count > 1}
    return [one for one in parameters if id(one) not in cut]
