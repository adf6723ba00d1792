"""`interestlake compare`: two runs of a lake beside each other."""

import argparse
from collections.abc import Sequence
from logging import Logger

from pyspark.sql import SparkSession

from ..core.config import RunOptions
from ..core.counted import counted
from ..core.errors import BadInput
from ..core.lake import Lake
from ..core.lake_as_of import lake_as_of
from ..core.params.all import Params
from ..core.progress import PROGRESS
from ..core.spark_rows import SparkRows
from ..core.stage import expect_lake
from ..evaluation.paired import PER_PERSON, Difference
from ..recommending.former import went_on
from ..recommending.replay import lists_written
from ..recommending.two_runs import LISTS, READ, Changed, accuracy, changed_lists, sizes, weights
from ..recommending.write_reason import plain
from ..serving.one_list import titles_of

METRICS = ("ndcg", "recall", "mrr")  # beside the gate's
LEAST, SHOWN = 0.005, 8  # change of a weight that is told, and of so many models


def compare(
    arguments: argparse.Namespace, spark: SparkSession, params: Params, options: RunOptions, log: Logger
) -> None:
    """Print what the second run changed: sizes, accuracy with intervals, lists, weights. Writes nothing.

    Raises BadInput for the same run twice, a run that made no lists, and one whose state is no longer kept.
    """
    first, second, lake = arguments.first, arguments.second, Lake(spark, options.lake)
    if first == second:
        raise BadInput.of("runs", found=f"{first} twice", expected="two runs of the lake", where="interestlake compare "
                          "FIRST SECOND")  # fmt: skip
    expect_lake(lake, ("ops.stages", LISTS), "interestlake run")
    one, other = (lake_as_of(lake, run, "recommend", READ) for run in (first, second))
    gate = params.promote
    metrics = [name for name in dict.fromkeys((gate.metric, *METRICS)) if name in PER_PERSON]
    gone_on = [run for run, at in ((first, one), (second, other)) if went_on(at, run)]
    found = {} if gone_on else accuracy(one, other, metrics, gate.k, max(params.evaluate.ks))
    then, now = (lists_written(lake, run, at.version(LISTS)) for run, at in ((first, one), (second, other)))
    lists = changed_lists(then, now)
    titles = titles_of(SparkRows.of_lake(lake), {item for item, _ in [*lists.gained, *lists.lost]})
    grown = sizes(one), sizes(other)
    moved = weights(one, other)
    PROGRESS.clear()
    accurate = _accuracy(found, gate.k, gone_on)
    print("\n".join([f"run {second} beside run {first}", "", *_sizes(*grown), "", *accurate, "",
                     *_lists(lists, titles), "", *_weights(moved)]))  # fmt: skip


def _sizes(then: dict[str, int], now: dict[str, int]) -> list[str]:
    return [f"{name:<8}{then[name]:>12,} -> {now[name]:>12,}  ({now[name] - then[name]:+,})" for name in then]


def _accuracy(found: dict[str, Difference], k: int, gone_on: Sequence[str]) -> list[str]:
    if gone_on:
        return [f"run {run} went on from a release and was judged by the pairs that came since: nothing to compare"
                for run in gone_on]  # fmt: skip
    people = next(iter(found.values())).people
    if people < 2:
        return ["no two people have the same held-out pairs in both runs: accuracy cannot be compared"]
    lines = [f"{counted(people, 'person', 'people')} with the same held-out pairs in both runs, 0.95 intervals",
             f"{'':<12}{'then':>9}{'now':>9}{'change':>10}   interval"]  # fmt: skip
    for name, one in found.items():
        low, high = one.interval
        verdict = "better" if low > 0 else "worse" if high < 0 else "no difference seen"
        lines.append(f"{f'{name}@{k}':<12}{one.champion:>9.4f}{one.challenger:>9.4f}{one.mean:>+10.4f}   "
                     f"{low:+.4f} to {high:+.4f}  {verdict}")  # fmt: skip
    return lines


def _lists(found: Changed, titles: dict[str, str]) -> list[str]:
    def named(items: Sequence[tuple[str, int]]) -> str:
        return "; ".join(f"{plain(titles.get(item, item))} ({counted(count, 'list')})" for item, count in items)

    lines = [f"{found.shared:.0%} of the entries of {counted(found.people, 'list')} are in both; "
             f"{found.equal:,} lists are the same"]  # fmt: skip
    lines += [f"{word:<8}{named(items)}" for word, items in (("gained", found.gained), ("lost", found.lost)) if items]
    return lines


def _weights(rows: Sequence[tuple[str, float, float]]) -> list[str]:
    told = [row for row in rows if abs(row[2] - row[1]) >= LEAST][:SHOWN]
    if not told:
        return ["the models' weights are as they were"]
    return ["weights that moved", *(f"{name:<18}{then:>7.3f} -> {now:.3f}" for name, then, now in told)]
