"""Two processes of a training without Spark and without new imports: forks of this one, as torchrun would call them."""

import multiprocessing
import os
import pickle
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch

from interestlake.training.ranks import Ranks, joined


def run_two(work: Callable[[Path, Ranks], Any], folder: Path) -> list[Any]:
    """What `work(folder, ranks)` gave as ranks 0 and 1."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    context = multiprocessing.get_context("fork")
    pairs = [context.Pipe(duplex=False) for _ in range(2)]
    started = [
        context.Process(target=_one, args=(work, folder, rank, port, told)) for rank, (_, told) in enumerate(pairs)
    ]
    for one in started:
        one.start()
    for _, told in pairs:
        told.close()
    try:
        return [
            pickle.loads(heard.recv_bytes()) for heard, _ in pairs
        ]  # EOFError: it has ended, and its traceback stands above
    finally:
        for one in started:
            one.join(10)
            one.kill()


def _one(work, folder, rank, port, told) -> None:
    own = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2, "MASTER_PORT": port}
    os.environ.update({name: str(value) for name, value in own.items()}, MASTER_ADDR="127.0.0.1")
    # of the threads that the parent may have started, a fork has none
    torch.set_num_threads(1)
    with joined(1, timedelta(seconds=120)) as ranks:
        told.send_bytes(pickle.dumps(work(folder, ranks)))
