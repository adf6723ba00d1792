"""The plan as a table for a terminal, or as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from ...core.counted import counted
from .bounds import Bound
from .foretell import Cluster, StagePlan
from .workload import Workload

WIDTHS = (16, 10, 11, 8, 12, 13)  # of the columns, at least


@dataclass(frozen=True)
class Plan:
    """Everything that `interestlake plan` says. beyond: counts larger than any measured; search: most seconds of the
    models' search, which the stages do not hold."""

    workload: Workload
    cluster: Cluster
    stages: Sequence[StagePlan]
    bounds: Sequence[Bound]
    beyond: Sequence[str]
    search: float
    factors: Mapping[str, float]

    @property
    def seconds(self) -> float:
        """Of all stages, without the search."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def largest(self) -> StagePlan:
        """The stage that holds most memory."""
        return max(self.stages, key=held)


def held(stage: StagePlan) -> float:
    """GB of all its processes on one machine."""
    return stage.driver + stage.jvm + stage.workers


def as_json(plan: Plan) -> dict:
    """Everything, plain."""
    return {**asdict(plan), "seconds": plan.seconds}


def lines(plan: Plan) -> Iterator[str]:
    """For a terminal."""
    size, cluster = plan.workload, plan.cluster
    machines = "one machine" if cluster.nodes == 1 else counted(cluster.nodes, "node")
    data = (counted(size.events, "event"), counted(size.people, "person", "people"), counted(size.items, "item"),
            counted(size.reviews, "review"))  # fmt: skip
    yield f"{', '.join(data)} on {machines} of {counted(cluster.cores, 'core')}, {cluster.gigabytes:g} GB"
    yield from _table(plan)
    if plan.search:
        yield f"the first run's search adds up to {plan.search:,.0f} s (tune.minutes); --quick has none"
    yield from _memory(plan)
    for bound in plan.bounds:
        yield f"bound  {bound.stage}: {bound.meets}: {bound.then}; {bound.setting or 'nothing'} lifts it"
    if not plan.bounds:
        yield "no bound binds"
    if plan.factors:
        yield "seconds are those of this lake's runs, carried to this size: " + ", ".join(
            f"{stage} x {factor:.2f}" for stage, factor in plan.factors.items()
        )
    for one in plan.beyond:
        yield f"told beyond what was measured: {one}"


def _table(plan: Plan) -> Iterator[str]:
    """A row per stage; a column is as wide as its widest number asks."""
    rows = [("stage", "seconds", "driver GB", "JVM GB", "workers GB", "shuffled GB")]
    rows += [(one.stage, f"{one.seconds:,.0f}", f"{one.driver:.2f}", f"{one.jvm:.2f}", f"{one.workers:.2f}",
              f"{one.shuffled:.2f}") for one in plan.stages]  # fmt: skip
    rows.append(("all", f"{plan.seconds:,.0f}", "", "", "", ""))
    widths = [max(least, *(len(row[place]) + 2 for row in rows)) for place, least in enumerate(WIDTHS)]
    for first, *others in rows:
        yield "".join([f"{first:<{widths[0]}}", *(f"{one:>{width}}" for one, width in
                       zip(others, widths[1:], strict=True))]).rstrip()  # fmt: skip


def _memory(plan: Plan) -> Iterator[str]:
    if plan.cluster.nodes == 1 and held(plan.largest) > plan.cluster.gigabytes:
        yield (f"memory {plan.largest.stage} would hold {held(plan.largest):.1f} of {plan.cluster.gigabytes:g} GB: "
               "a larger machine, or nodes beside it (--nodes)")  # fmt: skip
