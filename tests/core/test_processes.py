"""Functions in several processes at once by TorchDistributor: answers, results, and how the end of one is told."""

import time
from functools import partial

import pytest

from interestlake.core.errors import BadInput, LostProcess, ShortRead
from interestlake.core.processes import on_processes
from interestlake.training.line import in_rank

WHERE = "two_tower.processes"


def run(spark, work, **given):
    """What `work(ranks, line)` gives in the first of two processes."""
    handlers = {"double": lambda number: 2 * number, "refuse": _refuse}
    return on_processes(spark, 2, partial(in_rank, work), handlers, WHERE, **given)


def _refuse():
    raise ShortRead("300 rows of 328")


# the functions below are made inside others, so that they travel whole: the processes do not see the tests


def adding():
    def work(ranks, line):
        import numpy as np
        import torch

        asked = line.ask("double", ranks.rank + 1)
        said = ranks.first(lambda: f"of {ranks.rank}")
        return ranks.total(np.array([asked])).tolist(), said, torch.get_num_threads()

    return work


def faulty(how):
    def work(ranks, line):
        import os
        import time

        import numpy as np

        if ranks.rank == 1:
            if how == "killed":
                os._exit(9)
            if how == "hanging":
                time.sleep(300)
            if how == "wrong":
                raise ZeroDivisionError("planted")
            line.ask("refuse")
        return ranks.total(np.array([1.0]))

    return work


@pytest.mark.parametrize("on_executors", [False, True])
def test_all_of_them_are_answered_and_the_first_one_s_result_comes_back(spark, on_executors, capfd):
    total, said, threads = run(spark, adding(), on_executors=on_executors)
    assert (total, said) == ([2 + 4], "of 0") and threads == 1  # of two cores, or of one a task
    shown = capfd.readouterr()
    assert "torch" not in shown.out + shown.err


@pytest.mark.parametrize(
    ("how", "kind", "message"),
    [
        ("killed", LostProcess, r"process 1 of 2 ended \(without a word: killed, or out of memory\?\).*set it in two_"),
        ("wrong", LostProcess, r"process 1 of 2 ended \(ZeroDivisionError: planted\)"),
        ("told", ShortRead, "^300 rows of 328$"),
        ("hanging", LostProcess, r"process 0 of 2 ended \(.*[Tt]imed? ?out"),
    ],
)
def test_the_end_of_one_ends_all_with_its_reason(spark, how, kind, message):
    began = time.monotonic()
    with pytest.raises(kind, match=message):
        run(spark, faulty(how), patience_s=15.0 if how == "hanging" else 600.0)
    assert time.monotonic() - began < 200  # none waits for the one that sleeps


def test_more_than_spark_runs_at_once_are_refused(spark):
    with pytest.raises(BadInput, match="two_tower.processes: found 64 processes, Spark runs 2 tasks at once"):
        on_processes(spark, 64, partial(in_rank, adding()), {}, WHERE, on_executors=True)
