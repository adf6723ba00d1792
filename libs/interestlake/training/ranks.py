"""The processes of one training and what they share at a step; one process is the case in which nothing has to be."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.nn.functional import all_reduce

from ..core.present import present
from .parts import taken

Value = TypeVar("Value")


class Ranks:
    """One process alone."""

    rank, count = 0, 1

    @property
    def leads(self) -> bool:
        """Whether this process judges, writes and reports."""
        return self.rank == 0

    def begin(self, weights: Iterable[Tensor]) -> None:
        """Every process begins with the weights of the first."""

    def first(self, value: Callable[[], Value]) -> Value:
        """What `value()` gives in the first process, in all of them; the others do not call it."""
        return self.agreed(value() if self.leads else None)  # type: ignore[arg-type]

    def agreed(self, value: Value) -> Value:
        """The first process's value, in all of them."""
        return value

    def total(self, values: np.ndarray) -> np.ndarray:
        """Sums over the processes, of numbers."""
        return values

    def wait(self) -> None:
        """Until all processes have come here."""

    def summed(self, values: Tensor) -> Tensor:
        """The sum over the processes, with the gradient."""
        return values

    def whole(self, rows: Tensor) -> Tensor:
        """(rows of the part, ...) -> (rows of the whole batch, ...), each at its place, with the gradient."""
        return rows

    def backward(self, loss: Tensor, weight: float, parameters: Iterable[Tensor]) -> tuple[float, float]:
        """Gradients of the batch's loss, the mean of its parts' by weight -> (that loss, the weight of the batch).

        parameters: those that every process has whole; rows of a table get theirs on the way back (`rows.fetched`).
        """
        loss.backward()
        return loss.item(), weight


ALONE = Ranks()


class Joined(Ranks):
    """One of several processes of a process group; each has its part of every batch, and its rows of tables.

    All of them call the same methods in the same order.
    """

    def __init__(self, device: torch.device):
        self.rank, self.count, self.device = dist.get_rank(), dist.get_world_size(), device

    def begin(self, weights: Iterable[Tensor]) -> None:
        for one in weights:
            dist.broadcast(one.data, src=0)

    def agreed(self, value: Value) -> Value:
        values = [value]
        dist.broadcast_object_list(values, src=0)
        return values[0]

    def total(self, values: np.ndarray) -> np.ndarray:
        tensor = torch.as_tensor(values, device=self.device).clone()
        dist.all_reduce(tensor)
        return tensor.cpu().numpy()

    def wait(self) -> None:
        dist.barrier()

    def summed(self, values: Tensor) -> Tensor:
        return all_reduce(values)

    def whole(self, rows: Tensor) -> Tensor:
        part = present(taken())
        places = torch.as_tensor(part.places, device=rows.device)
        spread = rows.new_zeros((part.rows, *rows.shape[1:])).index_put((places,), rows)
        return self.summed(spread)

    def backward(self, loss: Tensor, weight: float, parameters: Iterable[Tensor]) -> tuple[float, float]:
        all_weight = float(self.total(np.array([weight]))[0])
        scaled = loss * (weight / all_weight if all_weight else 0.0)
        scaled.backward()
        for one in parameters:
            if one.grad is not None:
                dist.all_reduce(one.grad)
        # the mean over no rows is nan, and no part of the batch's
        value = scaled.item() if weight else 0.0
        return float(self.total(np.array([value]))[0]), all_weight


@contextmanager
def joined(threads: int, patience: timedelta) -> Iterator[Joined]:
    """Within, this process is one of those that torchrun has started; each has so many threads.

    NCCL where each process of this host has a GPU of its own, else gloo and no GPU. patience: after which a process
    that waits for another gives up.
    """
    place, beside = int(os.environ["LOCAL_RANK"]), int(os.environ["LOCAL_WORLD_SIZE"])
    on_gpus = torch.cuda.is_available() and torch.cuda.device_count() >= beside
    if not on_gpus:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
        torch.set_num_threads(threads)
    else:
        torch.cuda.set_device(place)
    dist.init_process_group("nccl" if on_gpus else "gloo", timeout=patience)
    yield Joined(torch.device("cuda", place) if on_gpus else torch.device("cpu"))
    dist.destroy_process_group()
